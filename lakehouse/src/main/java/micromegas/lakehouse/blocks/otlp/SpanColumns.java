package micromegas.lakehouse.blocks.otlp;

import micromegas.lakehouse.blocks.LogColumns;

/// Positions of the columns of `otel_spans` (`views.md` 8); the order is that of files and results.
public final class SpanColumns {
  public static final int PROCESS_ID = LogColumns.PROCESS_ID;
  public static final int STREAM_ID = LogColumns.STREAM_ID;
  public static final int BLOCK_ID = LogColumns.BLOCK_ID;
  public static final int INSERT_TIME = LogColumns.INSERT_TIME;
  public static final int EXE = 4;
  public static final int USERNAME = 5;
  public static final int COMPUTER = 6;
  public static final int PROCESS_PROPERTIES = 7;
  public static final int TRACE_ID = 8;
  public static final int SPAN_ID = 9;
  public static final int PARENT_SPAN_ID = 10;
  public static final int START_TIME = 11;
  public static final int END_TIME = 12;
  public static final int DURATION = 13;
  public static final int NAME = 14;
  public static final int KIND = 15;
  public static final int STATUS = 16;
  public static final int STATUS_MESSAGE = 17;
  public static final int PROPERTIES = 18;
  public static final int EVENTS = 19;
  public static final int LINKS = 20;
  public static final int COUNT = 21;

  private SpanColumns() {}
}
