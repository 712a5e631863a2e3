package micromegas.lakehouse.blocks.otlp;

import micromegas.lakehouse.blocks.LogColumns;

/// Positions of the columns of `otel_histograms`; the order is that of files and results. The first
/// eleven are those of `measures`.
public final class HistogramColumns {
  public static final int PROCESS_ID = LogColumns.PROCESS_ID;
  public static final int TIME = LogColumns.TIME;
  public static final int TARGET = 8;
  public static final int NAME = 9;
  public static final int UNIT = 10;
  public static final int KIND = 11;
  public static final int TEMPORALITY = 12;
  public static final int START_TIME = 13;
  public static final int COUNT = 14;
  public static final int SUM = 15;
  public static final int MIN = 16;
  public static final int MAX = 17;
  public static final int HISTOGRAM = 18;
  public static final int PROPERTIES = 19;
  public static final int PROCESS_PROPERTIES = 20;

  private HistogramColumns() {}
}
