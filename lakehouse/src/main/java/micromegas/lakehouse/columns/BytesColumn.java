package micromegas.lakehouse.columns;

import java.util.Arrays;

/// Byte strings (UTF-8 text or binary), one after the other in one array. A row without a value has
/// no bytes.
public final class BytesColumn implements Column {
  /// A larger array is given up by [#clear], so that a few large values do not stay in memory.
  static final int KEPT_BYTES = 32 << 20;

  private static final int FIRST_BYTES = 16 * 1024;

  private byte[] data = new byte[FIRST_BYTES];
  private int[] ends = new int[1024];
  private final NullMask nulls = new NullMask();
  private int size;

  public void append(byte[] source, int offset, int length) {
    int begin = size == 0 ? 0 : ends[size - 1];
    int end = Math.addExact(begin, length);
    if (end > data.length) {
      data =
          Arrays.copyOf(
              data, Math.max(end, (int) Math.min(Integer.MAX_VALUE - 16L, data.length * 2L)));
    }
    System.arraycopy(source, offset, data, begin, length);
    if (size == ends.length) {
      ends = Arrays.copyOf(ends, size * 2);
    }
    ends[size++] = end;
  }

  /// Appends a row without a value, in a nullable column.
  public void appendNull() {
    nulls.set(size);
    append(data, 0, 0);
  }

  public boolean isNull(int row) {
    return nulls.isNull(row);
  }

  /// Whether any row has no value.
  public boolean hasNulls() {
    return nulls.any();
  }

  /// Offset in [#data] of the first byte of `row`.
  public int begin(int row) {
    return row == 0 ? 0 : ends[row - 1];
  }

  /// Offset in [#data] after the last byte of `row`.
  public int end(int row) {
    return ends[row];
  }

  /// Bytes of all rows together.
  public int bytes() {
    return size == 0 ? 0 : ends[size - 1];
  }

  /// The backing array, valid until the next append.
  public byte[] data() {
    return data;
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
    if (data.length > KEPT_BYTES) {
      data = new byte[FIRST_BYTES];
    }
  }
}
