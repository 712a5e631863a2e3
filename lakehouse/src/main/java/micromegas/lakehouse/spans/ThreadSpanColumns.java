package micromegas.lakehouse.spans;

/// Positions of the columns of `thread_spans` (`views.md` 5).
public final class ThreadSpanColumns {
  public static final int ID = 0;
  public static final int PARENT = 1;
  public static final int DEPTH = 2;
  public static final int HASH = 3;
  public static final int BEGIN = 4;
  public static final int END = 5;
  public static final int DURATION = 6;
  public static final int NAME = 7;
  public static final int TARGET = 8;
  public static final int FILENAME = 9;
  public static final int LINE = 10;

  private ThreadSpanColumns() {}
}
