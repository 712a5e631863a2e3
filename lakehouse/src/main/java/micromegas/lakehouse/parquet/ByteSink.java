package micromegas.lakehouse.parquet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A growable byte array, little-endian as Parquet is. Not thread-safe; reused from page to page.
final class ByteSink {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /// A larger array is given up by [#clear], so that a few large values do not stay in memory.
  private static final int KEPT_BYTES = 32 << 20;

  private byte[] bytes;
  private int size;

  ByteSink(int capacity) {
    bytes = new byte[Math.max(16, capacity)];
  }

  /// The backing array; valid until the next write.
  byte[] bytes() {
    return bytes;
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
    if (bytes.length > KEPT_BYTES) {
      bytes = new byte[1 << 20];
    }
  }

  /// Makes room for `count` more bytes without changing the size.
  void reserve(int count) {
    int needed = Math.addExact(size, count);
    if (needed > bytes.length) {
      long doubled = Math.min(bytes.length * 2L, Integer.MAX_VALUE - 16L);
      bytes = Arrays.copyOf(bytes, (int) Math.max(needed, doubled));
    }
  }

  /// Counts bytes that the caller wrote into [#bytes] behind [#size], after [#reserve].
  void advance(int count) {
    size += count;
  }

  void put(int value) {
    reserve(1);
    bytes[size++] = (byte) value;
  }

  void put(byte[] source, int offset, int length) {
    reserve(length);
    System.arraycopy(source, offset, bytes, size, length);
    size += length;
  }

  void putInt(int value) {
    reserve(Integer.BYTES);
    INT.set(bytes, size, value);
    size += Integer.BYTES;
  }

  void putLong(long value) {
    reserve(Long.BYTES);
    LONG.set(bytes, size, value);
    size += Long.BYTES;
  }

  /// The `count` low bytes of `value`.
  void putLittleEndian(long value, int count) {
    reserve(count);
    for (int i = 0; i < count; i++) {
      bytes[size++] = (byte) (value >>> (8 * i));
    }
  }

  /// ULEB128.
  void putVarint(long value) {
    reserve(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[size++] = (byte) ((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  void putZigZag(long value) {
    putVarint((value << 1) ^ (value >> 63));
  }

  void putInts(int[] values, int from, int to) {
    reserve(Math.multiplyExact(to - from, Integer.BYTES));
    int at = size;
    for (int i = from; i < to; i++, at += Integer.BYTES) {
      INT.set(bytes, at, values[i]);
    }
    size = at;
  }

  void putLongs(long[] values, int from, int to) {
    reserve(Math.multiplyExact(to - from, Long.BYTES));
    int at = size;
    for (int i = from; i < to; i++, at += Long.BYTES) {
      LONG.set(bytes, at, values[i]);
    }
    size = at;
  }

  /// The first bytes of all values, then all second bytes, and so on: sign and exponent, which vary
  /// little, come together.
  void putDoublesSplit(double[] values, int from, int to) {
    int count = to - from;
    reserve(Math.multiplyExact(count, Long.BYTES));
    int at = size;
    for (int i = 0; i < count; i++) {
      long bits = Double.doubleToRawLongBits(values[from + i]);
      for (int stream = 0; stream < Long.BYTES; stream++) {
        bytes[at + stream * count + i] = (byte) (bits >>> 8 * stream);
      }
    }
    size = at + count * Long.BYTES;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }
}
