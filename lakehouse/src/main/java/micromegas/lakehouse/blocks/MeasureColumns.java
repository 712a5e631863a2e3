package micromegas.lakehouse.blocks;

/// Positions of the columns of `measures` (`views.md` 4); the order is that of files and results.
/// The first eight are those of [LogColumns].
public final class MeasureColumns {
  public static final int PROCESS_ID = LogColumns.PROCESS_ID;
  public static final int STREAM_ID = LogColumns.STREAM_ID;
  public static final int BLOCK_ID = LogColumns.BLOCK_ID;
  public static final int INSERT_TIME = LogColumns.INSERT_TIME;
  public static final int EXE = LogColumns.EXE;
  public static final int USERNAME = LogColumns.USERNAME;
  public static final int COMPUTER = LogColumns.COMPUTER;
  public static final int TIME = LogColumns.TIME;
  public static final int TARGET = 8;
  public static final int NAME = 9;
  public static final int UNIT = 10;
  public static final int VALUE = 11;
  public static final int PROPERTIES = 12;
  public static final int PROCESS_PROPERTIES = 13;
  public static final int COUNT = 14;

  private MeasureColumns() {}
}
