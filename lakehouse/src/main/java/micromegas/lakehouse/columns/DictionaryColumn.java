package micromegas.lakehouse.columns;

import java.util.Arrays;

/// Byte strings with few distinct values: an index per row into a dictionary of distinct values.
///
/// The dictionary grows and is never truncated with the rows, so it can hold values that no row
/// uses.
public final class DictionaryColumn implements Column {
  private final BytesColumn dictionary = new BytesColumn();
  private int[] slots = new int[256]; // open addressing; dictionary index + 1, 0 = free
  private int[] hashes = new int[128];
  private int[] indices = new int[1024];
  private int size;

  /// Index of a value, added to the dictionary when it is new. Keep it while many rows share the
  /// value.
  public int intern(byte[] source, int offset, int length) {
    int hash = (int) ByteHash.of(source, offset, length);
    int mask = slots.length - 1;
    int slot = hash & mask;
    while (slots[slot] != 0) {
      int index = slots[slot] - 1;
      if (hashes[index] == hash
          && Arrays.equals(
              dictionary.data(),
              dictionary.begin(index),
              dictionary.end(index),
              source,
              offset,
              offset + length)) {
        return index;
      }
      slot = (slot + 1) & mask;
    }
    int index = dictionary.size();
    dictionary.append(source, offset, length);
    if (index == hashes.length) {
      hashes = Arrays.copyOf(hashes, index * 2);
    }
    hashes[index] = hash;
    slots[slot] = index + 1;
    if ((index + 1) * 2 > slots.length) {
      rehash();
    }
    return index;
  }

  public int intern(byte[] value) {
    return intern(value, 0, value.length);
  }

  /// Appends a row with an index that [#intern] gave.
  public void appendIndex(int index) {
    if (size == indices.length) {
      indices = Arrays.copyOf(indices, size * 2);
    }
    indices[size++] = index;
  }

  /// Appends `count` rows with the same index.
  public void appendRun(int index, int count) {
    int end = size + count;
    if (end > indices.length) {
      indices = Arrays.copyOf(indices, Math.max(end, indices.length * 2));
    }
    Arrays.fill(indices, size, end, index);
    size = end;
  }

  /// The distinct values, by index.
  public BytesColumn dictionary() {
    return dictionary;
  }

  /// The backing array of row indices; valid until the next append.
  public int[] indices() {
    return indices;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void truncate(int newSize) {
    size = newSize;
  }

  /// Drops the rows and the dictionary.
  @Override
  public void clear() {
    size = 0;
    dictionary.clear();
    Arrays.fill(slots, 0);
  }

  private void rehash() {
    slots = new int[slots.length * 2];
    int mask = slots.length - 1;
    for (int index = 0; index < dictionary.size(); index++) {
      int slot = hashes[index] & mask;
      while (slots[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = index + 1;
    }
  }
}
