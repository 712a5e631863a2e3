package micromegas.lakehouse.blocks;

/// Positions of the columns of `async_events` (`views.md` 6); the order is that of files and
/// results.
public final class AsyncEventColumns {
  public static final int STREAM_ID = 0;
  public static final int BLOCK_ID = 1;
  public static final int TIME = 2;
  public static final int EVENT_TYPE = 3;
  public static final int SPAN_ID = 4;
  public static final int PARENT_SPAN_ID = 5;
  public static final int DEPTH = 6;
  public static final int HASH = 7;
  public static final int NAME = 8;
  public static final int FILENAME = 9;
  public static final int TARGET = 10;
  public static final int LINE = 11;
  public static final int COUNT = 12;

  private AsyncEventColumns() {}
}
