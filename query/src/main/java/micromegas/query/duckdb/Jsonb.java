package micromegas.query.duckdb;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import micromegas.common.JsonText;

/// Reads the binary JSON of property columns in place. Every access is checked against the bounds
/// of the document: bytes that are not a document end in [IndexOutOfBoundsException].
///
/// ```
/// container: header, entry × (n or 2 n), payloads      header: kind in 3 bits, n in 29 bits
/// scalar:    header, entry, payload                     entry:  type in 4 bits, length in 28 bits
/// object:    n key entries, n value entries, key texts, value payloads; keys in byte order
/// number:    tag byte, then the shortest big-endian form
/// ```
///
/// Source: databend's `jsonb` format as the project's SQL specification describes it.
final class Jsonb {
  static final int NULL = 0x0;
  static final int STRING = 0x1;
  static final int NUMBER = 0x2;
  static final int FALSE = 0x3;
  static final int TRUE = 0x4;
  static final int CONTAINER = 0x5;

  private static final int ARRAY_HEADER = 0x80000000;
  private static final int OBJECT_HEADER = 0x40000000;
  static final int SCALAR_HEADER = 0x20000000;
  private static final int KIND_MASK = 0xE0000000;
  private static final int COUNT_MASK = 0x1FFFFFFF;
  private static final int LENGTH_MASK = 0x0FFFFFFF;
  private static final int MAX_DEPTH = 128;

  private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private Jsonb() {}

  /// Where a value lies in its document.
  record Value(int type, MemorySegment payload) {
    int length() {
      return (int) payload.byteSize();
    }
  }

  private static Value value(MemorySegment document, int entry, long offset) {
    return new Value((entry >>> 28) & 0x7, document.asSlice(offset, entry & LENGTH_MASK));
  }

  /// The value of a whole document.
  static Value root(MemorySegment document) {
    int header = document.get(INT, 0);
    return (header & KIND_MASK) == SCALAR_HEADER
        ? value(document, document.get(INT, 4), 8)
        : new Value(CONTAINER, document);
  }

  static boolean isObject(Value value) {
    return value.type == CONTAINER && (value.payload.get(INT, 0) & KIND_MASK) == OBJECT_HEADER;
  }

  static boolean isArray(Value value) {
    return value.type == CONTAINER && (value.payload.get(INT, 0) & KIND_MASK) == ARRAY_HEADER;
  }

  /// How many bytes a document takes by its header and its entries.
  static long byteSize(MemorySegment document) {
    int header = document.get(INT, 0);
    int kind = header & KIND_MASK;
    if (kind != ARRAY_HEADER && kind != OBJECT_HEADER && kind != SCALAR_HEADER) {
      throw new IndexOutOfBoundsException("not a document");
    }
    int count = kind == SCALAR_HEADER ? 1 : header & COUNT_MASK;
    long entries = kind == OBJECT_HEADER ? 2L * count : count;
    if (4 + 4 * entries > document.byteSize()) {
      throw new IndexOutOfBoundsException("more entries than bytes");
    }
    long size = 4 + 4 * entries;
    for (long i = 0; i < entries; i++) {
      size += document.get(INT, 4 + 4 * i) & LENGTH_MASK;
    }
    return size;
  }

  /// Number of elements of an array or members of an object.
  static int count(Value container) {
    int count = container.payload.get(INT, 0) & COUNT_MASK;
    if (4L + 4L * count > container.payload.byteSize()) {
      throw new IndexOutOfBoundsException("more elements than bytes");
    }
    return count;
  }

  /// A member of an object: the exact key first, otherwise the first that differs only in ASCII
  /// case.
  ///
  /// @param exactFirst false to take the first match ignoring case
  /// @return null when there is none
  static @org.jspecify.annotations.Nullable Value member(
      Value object, MemorySegment key, boolean exactFirst) {
    if (!isObject(object)) {
      return null;
    }
    MemorySegment bytes = object.payload;
    int count = count(object);
    long keyAt = 4 + 8L * count;
    int found = -1;
    for (int i = 0; i < count; i++) {
      int length = bytes.get(INT, 4 + 4L * i) & LENGTH_MASK;
      if (length == key.byteSize()) {
        MemorySegment candidate = bytes.asSlice(keyAt, length);
        boolean exact = candidate.mismatch(key) < 0;
        if (exact && exactFirst) {
          found = i;
          break;
        }
        if (found < 0 && (exact || equalsIgnoringAsciiCase(candidate, key))) {
          found = i;
          if (!exactFirst) {
            break;
          }
        }
      }
      keyAt += length;
    }
    return found < 0 ? null : memberAt(object, found);
  }

  private static boolean equalsIgnoringAsciiCase(MemorySegment a, MemorySegment b) {
    for (long i = 0; i < a.byteSize(); i++) {
      if (lower(a.get(JAVA_BYTE, i)) != lower(b.get(JAVA_BYTE, i))) {
        return false;
      }
    }
    return true;
  }

  private static int lower(byte c) {
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
  }

  static String keyAt(Value object, int index) {
    MemorySegment bytes = object.payload;
    long at = 4 + 8L * count(object);
    for (int i = 0; i < index; i++) {
      at += bytes.get(INT, 4 + 4L * i) & LENGTH_MASK;
    }
    return text(bytes.asSlice(at, bytes.get(INT, 4 + 4L * index) & LENGTH_MASK));
  }

  static Value memberAt(Value object, int index) {
    MemorySegment bytes = object.payload;
    int count = count(object);
    long at = 4 + 8L * count;
    for (int i = 0; i < count + index; i++) {
      at += bytes.get(INT, 4 + 4L * i) & LENGTH_MASK;
    }
    return value(bytes, bytes.get(INT, 4 + 4L * (count + index)), at);
  }

  static Value elementAt(Value array, int index) {
    MemorySegment bytes = array.payload;
    long at = 4 + 4L * count(array);
    for (int i = 0; i < index; i++) {
      at += bytes.get(INT, 4 + 4L * i) & LENGTH_MASK;
    }
    return value(bytes, bytes.get(INT, 4 + 4L * index), at);
  }

  /// The member with exactly this key, or null.
  static @org.jspecify.annotations.Nullable Value exactMember(Value object, byte[] key) {
    if (!isObject(object)) {
      return null;
    }
    MemorySegment wanted = MemorySegment.ofArray(key);
    MemorySegment bytes = object.payload;
    int count = count(object);
    long keyAt = 4 + 8L * count;
    for (int i = 0; i < count; i++) {
      int length = bytes.get(INT, 4 + 4L * i) & LENGTH_MASK;
      if (length == key.length && bytes.asSlice(keyAt, length).mismatch(wanted) < 0) {
        return memberAt(object, i);
      }
      keyAt += length;
    }
    return null;
  }

  /// Elements of an array, or values of the members of an object, in one pass.
  static List<Value> children(Value container) {
    MemorySegment bytes = container.payload;
    int count = count(container);
    boolean object = isObject(container);
    long at = 4 + 4L * (object ? 2 * count : count);
    if (object) {
      for (int i = 0; i < count; i++) {
        at += bytes.get(INT, 4 + 4L * i) & LENGTH_MASK;
      }
    }
    List<Value> children = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int entry = bytes.get(INT, 4 + 4L * (object ? count + i : i));
      children.add(value(bytes, entry, at));
      at += entry & LENGTH_MASK;
    }
    return children;
  }

  /// An array document of these values.
  static byte[] array(List<Value> values) {
    int size = 4 + 4 * values.size();
    for (Value value : values) {
      size += value.length();
    }
    MemorySegment out = MemorySegment.ofArray(new byte[size]);
    out.set(INT, 0, ARRAY_HEADER | values.size());
    long at = 4 + 4L * values.size();
    for (int i = 0; i < values.size(); i++) {
      Value value = values.get(i);
      out.set(INT, 4 + 4L * i, value.type << 28 | value.length());
      MemorySegment.copy(value.payload, 0, out, at, value.length());
      at += value.length();
    }
    return (byte[]) out.heapBase().orElseThrow();
  }

  /// The elements of an array of numbers.
  static double[] numbers(Value array) {
    if (!isArray(array)) {
      throw new IndexOutOfBoundsException("not an array");
    }
    MemorySegment bytes = array.payload;
    double[] numbers = new double[count(array)];
    long at = 4 + 4L * numbers.length;
    for (int i = 0; i < numbers.length; i++) {
      Value element = value(bytes, bytes.get(INT, 4 + 4L * i), at);
      if (element.type != NUMBER) {
        throw new IndexOutOfBoundsException("not a number");
      }
      numbers[i] = number(element).doubleValue();
      at += element.length();
    }
    return numbers;
  }

  static String text(MemorySegment bytes) {
    return new String(bytes.toArray(JAVA_BYTE), StandardCharsets.UTF_8);
  }

  /// Long (signed), [UnsignedLong] beyond its range, or Double.
  static Number number(Value value) {
    MemorySegment bytes = value.payload;
    int tag = bytes.get(JAVA_BYTE, 0) & 0xF0;
    return switch (tag) {
      case 0x00 -> 0L;
      case 0x10 -> Double.NaN;
      case 0x20 -> Double.POSITIVE_INFINITY;
      case 0x30 -> Double.NEGATIVE_INFINITY;
      case 0x40 -> integer(bytes, true);
      case 0x50 -> {
        long bits = integer(bytes, false);
        yield bits < 0 ? new UnsignedLong(bits) : (Number) bits;
      }
      case 0x60 -> bytes.get(DOUBLE, 1);
      default -> throw new IndexOutOfBoundsException("unknown kind of number");
    };
  }

  private static long integer(MemorySegment bytes, boolean signed) {
    int size = (int) bytes.byteSize() - 1;
    if (size < 1 || size > 8) {
      throw new IndexOutOfBoundsException("bad size of number");
    }
    long bits = signed ? bytes.get(JAVA_BYTE, 1) >> 7 : 0;
    for (int i = 1; i <= size; i++) {
      bits = bits << 8 | (bytes.get(JAVA_BYTE, i) & 0xFF);
    }
    return bits;
  }

  /// An unsigned integer of at least 2^63.
  @SuppressWarnings("serial")
  static final class UnsignedLong extends Number {
    private static final long serialVersionUID = 1L;
    private final long bits;

    UnsignedLong(long bits) {
      this.bits = bits;
    }

    @Override
    public int intValue() {
      return (int) bits;
    }

    @Override
    public long longValue() {
      return bits;
    }

    @Override
    public float floatValue() {
      return (float) doubleValue();
    }

    @Override
    public double doubleValue() {
      return ((bits >>> 1) | (bits & 1)) * 2.0;
    }

    @Override
    public String toString() {
      return Long.toUnsignedString(bits);
    }
  }

  /// Compact JSON text; keys in the order of the document.
  static String format(Value value) {
    StringBuilder out = new StringBuilder();
    format(value, out, 0);
    return out.toString();
  }

  private static void format(Value value, StringBuilder out, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IndexOutOfBoundsException("nested too deep");
    }
    switch (value.type) {
      case NULL -> out.append("null");
      case TRUE -> out.append("true");
      case FALSE -> out.append("false");
      case STRING -> JsonText.quote(text(value.payload), out);
      case NUMBER -> out.append(JsonText.number(number(value)));
      case CONTAINER -> container(value, out, depth);
      default -> throw new IndexOutOfBoundsException("unknown type of value");
    }
  }

  private static void container(Value value, StringBuilder out, int depth) {
    int count = count(value);
    if (isArray(value)) {
      out.append('[');
      for (int i = 0; i < count; i++) {
        if (i > 0) {
          out.append(',');
        }
        format(elementAt(value, i), out, depth + 1);
      }
      out.append(']');
    } else if (isObject(value)) {
      out.append('{');
      for (int i = 0; i < count; i++) {
        if (i > 0) {
          out.append(',');
        }
        JsonText.quote(keyAt(value, i), out);
        out.append(':');
        format(memberAt(value, i), out, depth + 1);
      }
      out.append('}');
    } else {
      // A nested document with a scalar header.
      format(root(value.payload), out, depth + 1);
    }
  }

  /// A complete document of one value.
  static byte[] document(Value value) {
    if (value.type == CONTAINER) {
      return value.payload.toArray(JAVA_BYTE);
    }
    byte[] bytes = new byte[8 + value.length()];
    MemorySegment target = MemorySegment.ofArray(bytes);
    target.set(INT, 0, SCALAR_HEADER);
    target.set(INT, 4, value.type << 28 | value.length());
    MemorySegment.copy(value.payload, 0, target, 8, value.length());
    return bytes;
  }
}
