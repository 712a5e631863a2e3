package micromegas.lakehouse.columns;

import java.util.Arrays;

/// 64-bit integers: counts, ids, ticks, and timestamps in nanoseconds.
public final class LongColumn implements Column {
  private long[] values = new long[1024];
  private int size;

  public void append(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = value;
  }

  public long get(int row) {
    return values[row];
  }

  /// The backing array; rows `0` to `size() - 1` are valid until the next append.
  public long[] values() {
    return values;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void truncate(int newSize) {
    size = newSize;
  }

  @Override
  public void clear() {
    truncate(0);
  }
}
