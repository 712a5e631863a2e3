package micromegas.lakehouse.columns;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Lists of UTF-8 strings, or null: the tags of a stream.
public final class BytesListColumn implements Column {
  private @Nullable List<byte[]>[] values = newArray(64);
  private int size;
  private long bytes;

  public void append(@Nullable List<byte[]> value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = value;
    bytes += bytes(value);
  }

  /// Bytes of the strings of all rows together.
  public long bytes() {
    return bytes;
  }

  /// Bytes of the strings of a row.
  public long bytes(int row) {
    return bytes(values[row]);
  }

  private static long bytes(@Nullable List<byte[]> list) {
    long sum = 0;
    if (list != null) {
      for (byte[] element : list) {
        sum += element.length;
      }
    }
    return sum;
  }

  public @Nullable List<byte[]> get(int row) {
    return values[row];
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void truncate(int newSize) {
    for (int row = newSize; row < size; row++) {
      bytes -= bytes(values[row]);
    }
    Arrays.fill(values, newSize, size, null);
    size = newSize;
  }

  @Override
  public void clear() {
    truncate(0);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static @Nullable List<byte[]>[] newArray(int length) {
    return new List[length];
  }
}
