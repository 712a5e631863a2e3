package micromegas.lakehouse.jsonb;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import micromegas.common.CorruptDataException;

/// Builds JSONB documents of nested objects and arrays: keys in ascending byte order, the last of
/// equal keys wins, integers in their shortest form.
///
/// ```java
/// json.beginObject();
/// json.key(bytes, 0, 4);
/// json.value(7);
/// json.end(); // the document is in document(), length() bytes
/// ```
///
/// Texts are taken as they are; the caller sees to it that they are UTF-8. Keeps its buffers, which
/// grow to a few times the largest document, and makes no other objects. Not thread-safe.
///
/// Layout: a container is a header (`type | number of elements`), an entry (`type | byte length`)
/// for each key and then for each value, the bytes of the keys, the bytes of the values; all
/// integers are big-endian.
public final class JsonbBuilder {
  /// Most bytes of a value, and most elements of a container.
  public static final int MAX_LENGTH = 0x0fffffff;

  /// Most keys and values of open containers together; they may come from hostile messages, in
  /// which an empty value takes two bytes.
  public static final int MAX_ENTRIES = 1 << 22;

  static final int OBJECT = 0x40000000;
  static final int ARRAY = 0x80000000;
  static final int NULL = 0;
  static final int STRING = 0x10000000;
  static final int NUMBER = 0x20000000;
  static final int FALSE = 0x30000000;
  static final int TRUE = 0x40000000;
  static final int CONTAINER = 0x50000000;
  static final int TYPE = 0xf0000000;

  static final int ZERO = 0x00;
  static final int NAN = 0x10;
  static final int INFINITY = 0x20;
  static final int NEGATIVE_INFINITY = 0x30;
  static final int SIGNED = 0x40;
  static final int UNSIGNED = 0x50;
  static final int FLOAT = 0x60;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BASE64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
          .getBytes(StandardCharsets.US_ASCII);

  // Open containers, outermost first.
  private boolean[] isObject = new boolean[8];
  private int[] firstEntry = new int[8];
  private int[] ownKeyBegin = new int[8];
  private int[] ownKeyEnd = new int[8];
  private int[] firstValueByte = new int[8];
  private int depth;

  // Entries of all open containers: key in keys[keyBegin, keyEnd), value in values[valueBegin,
  // +length).
  private int[] keyBegin = new int[32];
  private int[] keyEnd = new int[32];
  private int[] headers = new int[32];
  private int[] valueBegin = new int[32];
  private int entries;

  private byte[] keys = new byte[1024];
  private int keysEnd;
  private int pendingKey;
  private byte[] values = new byte[4096];
  private int valuesEnd;

  /// Of objects with at most so many members the order of the last one is tried first.
  private static final int MAX_REMEMBERED = 32;

  /// By number of members: the order that sorted the last such object.
  private final int[][] lastOrders = new int[MAX_REMEMBERED + 1][];

  private int[] order = new int[32];
  private int[] merged = new int[32];
  private byte[] document = new byte[4096];
  private int length;

  /// Forgets what was begun, for example because its source turned out to be corrupt.
  public void clear() {
    depth = 0;
    entries = 0;
    keysEnd = 0;
    pendingKey = 0;
    valuesEnd = 0;
  }

  /// Begins an object, as the document or as the next value.
  public void beginObject() {
    begin(true);
  }

  /// Begins an array, as the document or as the next value.
  public void beginArray() {
    begin(false);
  }

  private void begin(boolean object) {
    if (depth == firstEntry.length) {
      isObject = Arrays.copyOf(isObject, 2 * depth);
      firstEntry = Arrays.copyOf(firstEntry, 2 * depth);
      ownKeyBegin = Arrays.copyOf(ownKeyBegin, 2 * depth);
      ownKeyEnd = Arrays.copyOf(ownKeyEnd, 2 * depth);
      firstValueByte = Arrays.copyOf(firstValueByte, 2 * depth);
    }
    isObject[depth] = object;
    firstEntry[depth] = entries;
    ownKeyBegin[depth] = pendingKey;
    ownKeyEnd[depth] = keysEnd;
    firstValueByte[depth] = valuesEnd;
    pendingKey = keysEnd;
    depth++;
  }

  /// The key of the next value of the open object.
  public void key(byte[] source, int begin, int end) {
    pendingKey = keysEnd;
    addToKey(source, begin, end);
  }

  /// Makes the key longer, for keys that have a prefix.
  public void addToKey(byte[] source, int begin, int end) {
    keys = grow(keys, (long) keysEnd + end - begin);
    System.arraycopy(source, begin, keys, keysEnd, end - begin);
    keysEnd += end - begin;
  }

  public void key(byte[] source) {
    key(source, 0, source.length);
  }

  public void nullValue() {
    entry(NULL, valuesEnd);
  }

  public void value(boolean value) {
    entry(value ? TRUE : FALSE, valuesEnd);
  }

  /// A signed integer.
  public void value(long value) {
    int begin = valuesEnd;
    if (value == 0) {
      put(ZERO);
    } else {
      put(SIGNED);
      int bytes =
          value == (byte) value ? 1 : value == (short) value ? 2 : value == (int) value ? 4 : 8;
      putLong(value, bytes);
    }
    entry(NUMBER, begin);
  }

  /// An unsigned integer.
  public void unsignedValue(long value) {
    int begin = valuesEnd;
    if (value == 0) {
      put(ZERO);
    } else {
      put(UNSIGNED);
      int bytes = value >>> 8 == 0 ? 1 : value >>> 16 == 0 ? 2 : value >>> 32 == 0 ? 4 : 8;
      putLong(value, bytes);
    }
    entry(NUMBER, begin);
  }

  public void value(double value) {
    int begin = valuesEnd;
    if (Double.isNaN(value)) {
      put(NAN);
    } else if (Double.isInfinite(value)) {
      put(value > 0 ? INFINITY : NEGATIVE_INFINITY);
    } else {
      put(FLOAT);
      putLong(Double.doubleToRawLongBits(value), Long.BYTES);
    }
    entry(NUMBER, begin);
  }

  /// A text, in UTF-8.
  public void text(byte[] source, int begin, int end) {
    int at = valuesEnd;
    reserve(end - begin);
    System.arraycopy(source, begin, values, at, end - begin);
    valuesEnd += end - begin;
    entry(STRING, at);
  }

  public void text(byte[] source) {
    text(source, 0, source.length);
  }

  /// Bytes as lower-case hexadecimal text.
  public void hexText(byte[] source, int begin, int end) {
    int at = valuesEnd;
    reserve(2L * (end - begin));
    for (int i = begin; i < end; i++) {
      values[valuesEnd++] = HEX[source[i] >> 4 & 0xf];
      values[valuesEnd++] = HEX[source[i] & 0xf];
    }
    entry(STRING, at);
  }

  /// Bytes as padded base64 text of the standard alphabet.
  public void base64Text(byte[] source, int begin, int end) {
    int at = valuesEnd;
    reserve((end - begin + 2L) / 3 * 4);
    int i = begin;
    for (; i + 3 <= end; i += 3) {
      int bits = (source[i] & 0xff) << 16 | (source[i + 1] & 0xff) << 8 | source[i + 2] & 0xff;
      putBase64(bits, 4);
    }
    if (end - i == 2) {
      putBase64((source[i] & 0xff) << 16 | (source[i + 1] & 0xff) << 8, 3);
    } else if (end - i == 1) {
      putBase64((source[i] & 0xff) << 16, 2);
    }
    entry(STRING, at);
  }

  private void putBase64(int bits, int digits) {
    for (int digit = 0; digit < 4; digit++) {
      values[valuesEnd++] = digit < digits ? BASE64[bits >>> (18 - 6 * digit) & 0x3f] : (byte) '=';
    }
  }

  /// Ends the container begun last. When it was the outermost one, the document is complete.
  public void end() {
    depth--;
    int first = firstEntry[depth];
    int valuesOfContainer = firstValueByte[depth];
    if (isObject[depth]) {
      encodeObject(first);
    } else {
      encodeArray(first);
    }
    entries = first;
    valuesEnd = valuesOfContainer;
    pendingKey = ownKeyBegin[depth];
    keysEnd = ownKeyEnd[depth];
    if (depth > 0) {
      reserve(length);
      System.arraycopy(document, 0, values, valuesEnd, length);
      valuesEnd += length;
      entry(CONTAINER, valuesOfContainer);
    }
  }

  /// The document; valid until the next [#end].
  public byte[] document() {
    return document;
  }

  /// Bytes of the document.
  public int length() {
    return length;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(document, length);
  }

  private void encodeObject(int first) {
    int count = sortWithoutDuplicates(first);
    long size = 4 + 8L * count;
    for (int i = 0; i < count; i++) {
      int entry = order[i];
      size += keyEnd[entry] - keyBegin[entry] + (headers[entry] & MAX_LENGTH);
    }
    begin(size, OBJECT | count);
    int head = 4;
    int body = 4 + 8 * count;
    for (int i = 0; i < count; i++) {
      int entry = order[i];
      int keyLength = keyEnd[entry] - keyBegin[entry];
      putInt(head, STRING | keyLength);
      System.arraycopy(keys, keyBegin[entry], document, body, keyLength);
      head += 4;
      body += keyLength;
    }
    for (int i = 0; i < count; i++) {
      body = putValue(order[i], head, body);
      head += 4;
    }
  }

  private void encodeArray(int first) {
    int count = entries - first;
    long size = 4 + 4L * count;
    for (int entry = first; entry < entries; entry++) {
      size += headers[entry] & MAX_LENGTH;
    }
    begin(size, ARRAY | count);
    int head = 4;
    int body = 4 + 4 * count;
    for (int entry = first; entry < entries; entry++) {
      body = putValue(entry, head, body);
      head += 4;
    }
  }

  private void begin(long size, int header) {
    if (size > MAX_LENGTH) {
      throw new CorruptDataException("a document of " + size + " bytes");
    }
    document = grow(document, size);
    length = (int) size;
    putInt(0, header);
  }

  private int putValue(int entry, int head, int body) {
    putInt(head, headers[entry]);
    int bytes = headers[entry] & MAX_LENGTH;
    System.arraycopy(values, valueBegin[entry], document, body, bytes);
    return body + bytes;
  }

  private void putInt(int at, int value) {
    INT.set(document, at, value);
  }

  private void entry(int type, int begin) {
    if (depth == 0) {
      throw new IllegalStateException("a value outside of a container");
    }
    if (valuesEnd - begin > MAX_LENGTH || keysEnd - pendingKey > MAX_LENGTH) {
      throw new CorruptDataException("a value of more than " + MAX_LENGTH + " bytes");
    }
    if (entries == headers.length) {
      if (entries >= MAX_ENTRIES) {
        throw new CorruptDataException("a document of more than " + MAX_ENTRIES + " values");
      }
      keyBegin = Arrays.copyOf(keyBegin, 2 * entries);
      keyEnd = Arrays.copyOf(keyEnd, 2 * entries);
      headers = Arrays.copyOf(headers, 2 * entries);
      valueBegin = Arrays.copyOf(valueBegin, 2 * entries);
    }
    keyBegin[entries] = pendingKey;
    keyEnd[entries] = keysEnd;
    headers[entries] = type | (valuesEnd - begin);
    valueBegin[entries] = begin;
    entries++;
    pendingKey = keysEnd;
  }

  /// Puts the entries to write into [#order] and returns their number.
  private int sortWithoutDuplicates(int first) {
    int count = entries - first;
    if (order.length < count) {
      order = new int[headers.length];
      merged = new int[headers.length];
    }
    boolean sorted = true;
    for (int i = 0; i < count; i++) {
      order[i] = first + i;
      sorted = sorted && (i == 0 || compareKeys(first + i - 1, first + i) < 0);
    }
    if (sorted || isInLastOrder(first, count)) {
      return count;
    }
    sort(count);
    rememberOrder(first, count);
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (i + 1 == count || compareKeys(order[i], order[i + 1]) != 0) {
        order[kept++] = order[i];
      }
    }
    return kept;
  }

  /// Records of a kind have the same keys in the same order, so what sorted the last one mostly
  /// sorts this one: a comparison per key, where sorting takes several. Fills [#order].
  private boolean isInLastOrder(int first, int count) {
    int[] last = count <= MAX_REMEMBERED ? lastOrders[count] : null;
    if (last == null) {
      return false;
    }
    for (int i = 1; i < count; i++) {
      if (compareKeys(first + last[i - 1], first + last[i]) >= 0) {
        return false;
      }
    }
    for (int i = 0; i < count; i++) {
      order[i] = first + last[i];
    }
    return true;
  }

  private void rememberOrder(int first, int count) {
    if (count <= MAX_REMEMBERED) {
      int[] last = lastOrders[count];
      if (last == null) {
        last = new int[count];
        lastOrders[count] = last;
      }
      for (int i = 0; i < count; i++) {
        last[i] = order[i] - first;
      }
    }
  }

  /// Stable: runs of a few entries by insertion, then merged pairwise.
  private void sort(int count) {
    int run = 16;
    for (int begin = 0; begin < count; begin += run) {
      int end = Math.min(count, begin + run);
      for (int i = begin + 1; i < end; i++) {
        int entry = order[i];
        int k = i;
        while (k > begin && compareKeys(order[k - 1], entry) > 0) {
          order[k] = order[k - 1];
          k--;
        }
        order[k] = entry;
      }
    }
    for (; run < count; run *= 2) {
      for (int begin = 0; begin < count; begin += 2 * run) {
        merge(begin, Math.min(count, begin + run), Math.min(count, begin + 2 * run));
      }
      int[] swap = order;
      order = merged;
      merged = swap;
    }
  }

  private void merge(int begin, int middle, int end) {
    int left = begin;
    int right = middle;
    for (int at = begin; at < end; at++) {
      boolean fromLeft =
          right == end || (left < middle && compareKeys(order[left], order[right]) <= 0);
      merged[at] = fromLeft ? order[left++] : order[right++];
    }
  }

  private int compareKeys(int a, int b) {
    return Arrays.compareUnsigned(keys, keyBegin[a], keyEnd[a], keys, keyBegin[b], keyEnd[b]);
  }

  private void put(int value) {
    reserve(1);
    values[valuesEnd++] = (byte) value;
  }

  private void putLong(long value, int bytes) {
    reserve(bytes);
    for (int i = bytes - 1; i >= 0; i--) {
      values[valuesEnd++] = (byte) (value >>> 8 * i);
    }
  }

  private void reserve(long bytes) {
    values = grow(values, valuesEnd + bytes);
  }

  private static byte[] grow(byte[] bytes, long needed) {
    if (needed <= bytes.length) {
      return bytes;
    }
    if (needed > 1 << 30) {
      throw new CorruptDataException("documents of more than 1 GiB");
    }
    return Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(2L * bytes.length, 1 << 30)));
  }
}
