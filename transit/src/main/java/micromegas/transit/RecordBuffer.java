package micromegas.transit;

import java.util.Arrays;

/// A growable buffer of records. Not thread-safe.
///
/// Hot code: one capacity check per record, in [#begin], after which the fields are put unchecked.
final class RecordBuffer {
  private byte[] bytes = new byte[16 * 1024];
  private int size;

  /// Starts a record of a fixed size.
  void begin(byte type, int length) {
    reserve(1 + length);
    bytes[size++] = type;
  }

  /// Starts a record whose size is written in front of it.
  void beginVariable(byte type, int length) {
    reserve(5 + length);
    bytes[size] = type;
    LittleEndian.putInt(bytes, size + 1, length);
    size += 5;
  }

  void putByte(int value) {
    bytes[size++] = (byte) value;
  }

  void putInt(int value) {
    LittleEndian.putInt(bytes, size, value);
    size += 4;
  }

  void putLong(long value) {
    LittleEndian.putLong(bytes, size, value);
    size += 8;
  }

  void put(byte[] source, int offset, int length) {
    System.arraycopy(source, offset, bytes, size, length);
    size += length;
  }

  byte[] bytes() {
    return bytes;
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  private void reserve(int more) {
    int needed = Math.addExact(size, more);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(bytes.length * 2L, 1 << 30)));
    }
  }
}
