package micromegas.lakehouse.blocks;

import java.util.Arrays;

/// The begin and end events of one decoded block, as columns: one entry per object of the block, in
/// its order, so that an entry's position is the object's. Not thread-safe while it is filled.
public final class SpanEvents {
  private static final int INITIAL = 1024;
  private static final int END = Integer.MIN_VALUE;
  private static final int NONE = Integer.MAX_VALUE;

  private final CallSiteTable sites = new CallSiteTable();
  private long[] nanos = new long[INITIAL];
  private int[] marks = new int[INITIAL];
  private int size;

  public CallSiteTable sites() {
    return sites;
  }

  /// A span of call site `site` begins.
  public void begin(int site, long timeNanos) {
    append(site, timeNanos);
  }

  /// A span of call site `site` ends.
  public void end(int site, long timeNanos) {
    append(site | END, timeNanos);
  }

  /// An object that is no event of a thread's span.
  public void skip() {
    append(NONE, 0);
  }

  public int size() {
    return size;
  }

  public boolean isSpan(int index) {
    return marks[index] != NONE;
  }

  public boolean isEnd(int index) {
    return marks[index] < 0;
  }

  public int site(int index) {
    return marks[index] & ~END;
  }

  public long nanos(int index) {
    return nanos[index];
  }

  private void append(int mark, long timeNanos) {
    if (size == marks.length) {
      nanos = Arrays.copyOf(nanos, 2 * size);
      marks = Arrays.copyOf(marks, 2 * size);
    }
    nanos[size] = timeNanos;
    marks[size++] = mark;
  }
}
