package micromegas.lakehouse.perfetto;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Bytes of a protobuf message that grow field by field. Reused; not thread-safe.
final class ProtoBuffer {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int DELIMITED = 2;

  private byte[] bytes = new byte[256];
  private int size;

  void clear() {
    size = 0;
  }

  int size() {
    return size;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  void varint(int field, long value) {
    raw((long) field << 3 | VARINT);
    raw(value);
  }

  void number(int field, double value) {
    raw((long) field << 3 | FIXED64);
    reserve(Long.BYTES);
    long bits = Double.doubleToRawLongBits(value);
    for (int i = 0; i < Long.BYTES; i++) {
      bytes[size++] = (byte) (bits >>> 8 * i);
    }
  }

  void text(int field, String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    delimited(field, utf8, utf8.length);
  }

  void message(int field, ProtoBuffer message) {
    delimited(field, message.bytes, message.size);
  }

  private void delimited(int field, byte[] source, int length) {
    raw((long) field << 3 | DELIMITED);
    raw(length);
    reserve(length);
    System.arraycopy(source, 0, bytes, size, length);
    size += length;
  }

  private void raw(long value) {
    reserve(10);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes[size++] = (byte) (rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  private void reserve(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
    }
  }
}
