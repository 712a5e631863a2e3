package micromegas.lakehouse.columns;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Lists of UTF-8 strings, or null: the tags of a stream.
public final class BytesListColumn implements Column {
  private @Nullable List<byte[]>[] values = newArray(64);
  private int size;

  public void append(@Nullable List<byte[]> value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = value;
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
