package micromegas.lakehouse.blocks;

/// Positions of the columns of `log_entries` (`views.md` 3); the order is that of files and
/// results.
public final class LogColumns {
  public static final int PROCESS_ID = 0;
  public static final int STREAM_ID = 1;
  public static final int BLOCK_ID = 2;
  public static final int INSERT_TIME = 3;
  public static final int EXE = 4;
  public static final int USERNAME = 5;
  public static final int COMPUTER = 6;
  public static final int TIME = 7;
  public static final int TARGET = 8;
  public static final int LEVEL = 9;
  public static final int MSG = 10;
  public static final int PROPERTIES = 11;
  public static final int PROCESS_PROPERTIES = 12;
  public static final int COUNT = 13;

  private LogColumns() {}
}
