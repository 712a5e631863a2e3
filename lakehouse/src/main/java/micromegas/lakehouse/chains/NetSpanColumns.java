package micromegas.lakehouse.chains;

/// Positions of the columns of `net_spans` (`views.md` 7); the order is that of files and results.
public final class NetSpanColumns {
  public static final int PROCESS_ID = 0;
  public static final int STREAM_ID = 1;
  public static final int SPAN_ID = 2;
  public static final int PARENT_SPAN_ID = 3;
  public static final int DEPTH = 4;
  public static final int KIND = 5;
  public static final int NAME = 6;
  public static final int CONNECTION_NAME = 7;
  public static final int IS_OUTGOING = 8;
  public static final int BEGIN_BITS = 9;
  public static final int END_BITS = 10;
  public static final int BIT_SIZE = 11;
  public static final int BEGIN_TIME = 12;
  public static final int END_TIME = 13;
  public static final int COUNT = 14;

  private NetSpanColumns() {}
}
