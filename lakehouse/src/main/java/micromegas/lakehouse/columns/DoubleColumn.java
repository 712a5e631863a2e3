package micromegas.lakehouse.columns;

import java.util.Arrays;

/// 64-bit floating point numbers.
public final class DoubleColumn implements Column {
  private double[] values = new double[1024];
  private final NullMask nulls = new NullMask();
  private int size;

  public void append(double value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = value;
  }

  /// Appends a row without a value, in a nullable column; its number is 0.
  public void appendNull() {
    nulls.set(size);
    append(0);
  }

  public boolean isNull(int row) {
    return nulls.isNull(row);
  }

  /// Whether any row has no value.
  public boolean hasNulls() {
    return nulls.any();
  }

  public double get(int row) {
    return values[row];
  }

  /// The backing array; rows `0` to `size() - 1` are valid until the next append.
  public double[] values() {
    return values;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void truncate(int newSize) {
    size = newSize;
    nulls.truncate(newSize);
  }

  @Override
  public void clear() {
    truncate(0);
  }
}
