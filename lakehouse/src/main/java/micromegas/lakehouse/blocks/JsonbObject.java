package micromegas.lakehouse.blocks;

import java.util.Arrays;

/// Builds binary JSONB objects whose values are texts (`views.md` 2.3): keys in ascending byte
/// order, the last of equal keys wins. Reusable; not thread-safe.
public final class JsonbObject {
  private static final int OBJECT = 0x40000000;
  private static final int STRING = 0x10000000;
  private static final int MAX_LENGTH = 0x0fffffff;

  private byte[] input = new byte[1024];
  private int inputEnd;
  // Entry i: key in input[keys[i], values[i]), value in input[values[i], ends[i]).
  private int[] keys = new int[16];
  private int[] values = new int[16];
  private int[] ends = new int[16];
  private int[] order = new int[16];
  private int entries;
  private byte[] document = new byte[1024];
  private int length;

  /// Starts a new object.
  public void clear() {
    entries = 0;
    inputEnd = 0;
  }

  public void add(byte[] key, byte[] value) {
    add(key, 0, key.length, value, 0, value.length);
  }

  /// Adds an entry; key and value are UTF-8 and copied.
  ///
  /// @throws IllegalArgumentException for more than 256 MiB, which the format cannot hold
  public void add(
      byte[] key, int keyOffset, int keyLength, byte[] value, int valueOffset, int valueLength) {
    long needed = (long) inputEnd + keyLength + valueLength;
    if (needed > MAX_LENGTH) {
      throw new IllegalArgumentException("properties of " + needed + " bytes");
    }
    input = grow(input, (int) needed);
    if (entries == keys.length) {
      keys = Arrays.copyOf(keys, 2 * entries);
      values = Arrays.copyOf(values, 2 * entries);
      ends = Arrays.copyOf(ends, 2 * entries);
      order = new int[2 * entries];
    }
    System.arraycopy(key, keyOffset, input, inputEnd, keyLength);
    System.arraycopy(value, valueOffset, input, inputEnd + keyLength, valueLength);
    keys[entries] = inputEnd;
    values[entries] = inputEnd + keyLength;
    inputEnd = (int) needed;
    ends[entries] = inputEnd;
    entries++;
  }

  /// Encodes the object; afterwards [#document] holds [#length] bytes.
  public void encode() {
    int count = sortWithoutDuplicates();
    int size = 4 + 8 * count;
    for (int i = 0; i < count; i++) {
      size += ends[order[i]] - keys[order[i]];
    }
    document = grow(document, size);
    length = size;
    putInt(0, OBJECT | count);
    int head = 4;
    int body = 4 + 8 * count;
    for (int i = 0; i < count; i++) {
      int entry = order[i];
      body = put(head, body, keys[entry], values[entry]);
      head += 4;
    }
    for (int i = 0; i < count; i++) {
      int entry = order[i];
      body = put(head, body, values[entry], ends[entry]);
      head += 4;
    }
  }

  /// Valid until the next [#encode].
  public byte[] document() {
    return document;
  }

  public int length() {
    return length;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(document, length);
  }

  private int put(int head, int body, int begin, int end) {
    putInt(head, STRING | (end - begin));
    System.arraycopy(input, begin, document, body, end - begin);
    return body + end - begin;
  }

  private void putInt(int at, int value) {
    document[at] = (byte) (value >>> 24);
    document[at + 1] = (byte) (value >>> 16);
    document[at + 2] = (byte) (value >>> 8);
    document[at + 3] = (byte) value;
  }

  /// Fills [#order] with the entries to write and returns their number.
  private int sortWithoutDuplicates() {
    if (entries <= 32) {
      for (int i = 0; i < entries; i++) { // sets are small, and often sorted the other way round
        int k = i;
        while (k > 0 && compareKeys(order[k - 1], i) > 0) {
          order[k] = order[k - 1];
          k--;
        }
        order[k] = i;
      }
    } else {
      Integer[] boxed = new Integer[entries];
      Arrays.setAll(boxed, i -> i);
      Arrays.sort(boxed, this::compareKeys); // stable
      for (int i = 0; i < entries; i++) {
        order[i] = boxed[i];
      }
    }
    int count = 0;
    for (int i = 0; i < entries; i++) {
      if (i + 1 == entries || compareKeys(order[i], order[i + 1]) != 0) {
        order[count++] = order[i];
      }
    }
    return count;
  }

  private int compareKeys(int a, int b) {
    return Arrays.compareUnsigned(input, keys[a], values[a], input, keys[b], values[b]);
  }

  private static byte[] grow(byte[] bytes, int needed) {
    return needed <= bytes.length
        ? bytes
        : Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(2L * bytes.length, 1 << 30)));
  }
}
