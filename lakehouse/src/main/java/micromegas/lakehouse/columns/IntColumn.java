package micromegas.lakehouse.columns;

import java.util.Arrays;

/// 32-bit integers; unsigned ones keep their bits.
public final class IntColumn implements Column {
  private int[] values = new int[1024];
  private int size;

  public void append(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = value;
  }

  public int get(int row) {
    return values[row];
  }

  /// The backing array; rows `0` to `size() - 1` are valid until the next append.
  public int[] values() {
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
