package micromegas.otlp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import micromegas.common.ResourceExhaustedException;

/// Writes protobuf into an array that grows. Every length is written in its shortest form: a nested
/// message begins with [#begin], which leaves room for the length that its caller expects, and
/// [#end] moves the content when the length needs more room or less. Keeps its array between
/// messages. Not thread-safe.
public final class ProtoWriter {
  private static final int FIRST_CAPACITY = 4096;

  /// Arrays are not longer on any virtual machine.
  private static final int MAX_CAPACITY = Integer.MAX_VALUE - 16;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final int maxSize;
  private byte[] bytes = new byte[FIRST_CAPACITY];
  private int size;

  public ProtoWriter() {
    this(MAX_CAPACITY);
  }

  /// @param maxSize most bytes that may be written; more is a [ResourceExhaustedException]
  public ProtoWriter(int maxSize) {
    this.maxSize = Math.min(maxSize, MAX_CAPACITY);
  }

  /// Bytes of `value` as a varint.
  public static int varintSize(long value) {
    return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
  }

  /// Forgets what has been written.
  public void clear() {
    size = 0;
  }

  /// Number of bytes written.
  public int size() {
    return size;
  }

  /// Forgets what has been written after `size` bytes.
  public void truncate(int newSize) {
    size = newSize;
  }

  /// What has been written: the first [#size] bytes of an array that belongs to the writer.
  public byte[] array() {
    return bytes;
  }

  /// A copy of what has been written.
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  public void tag(int field, int wireType) {
    varint((long) field << 3 | wireType);
  }

  public void varint(long value) {
    room(10);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  public void fixed64(long value) {
    room(8);
    LONG.set(bytes, size, value);
    size += 8;
  }

  public void fixed32(int value) {
    room(4);
    INT.set(bytes, size, value);
    size += 4;
  }

  /// Bytes without a length.
  public void raw(byte[] source, int begin, int end) {
    int length = end - begin;
    room(length);
    System.arraycopy(source, begin, bytes, size, length);
    size += length;
  }

  /// A length and that many bytes.
  public void bytes(byte[] source, int begin, int end) {
    varint(end - begin);
    raw(source, begin, end);
  }

  /// A tag, a length and text in UTF-8.
  public void string(int field, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    tag(field, ProtoReader.LENGTH_DELIMITED);
    bytes(utf8, 0, utf8.length);
  }

  /// Text in UTF-8, without a length.
  ///
  /// @return false when a surrogate has no partner; the writer is then to be cleared
  public boolean utf8(char[] text, int begin, int end) {
    for (int i = begin; i < end; i++) {
      room(4);
      char c = text[i];
      if (c < 0x80) {
        bytes[size++] = (byte) c;
      } else if (c < 0x800) {
        bytes[size++] = (byte) (0xc0 | c >> 6);
        continuation(c);
      } else if (!Character.isSurrogate(c)) {
        bytes[size++] = (byte) (0xe0 | c >> 12);
        continuation(c >> 6);
        continuation(c);
      } else {
        if (i + 1 >= end || !Character.isSurrogatePair(c, text[i + 1])) {
          return false;
        }
        int point = Character.toCodePoint(c, text[++i]);
        bytes[size++] = (byte) (0xf0 | point >> 18);
        continuation(point >> 12);
        continuation(point >> 6);
        continuation(point);
      }
    }
    return true;
  }

  private void continuation(int bits) {
    bytes[size++] = (byte) (0x80 | bits & 0x3f);
  }

  /// Begins a nested message, behind its tag.
  ///
  /// @param expectedLength a guess; only the speed depends on it
  /// @return where the content begins, for [#end]
  public int begin(int expectedLength) {
    int room = varintSize(expectedLength);
    room(room);
    size += room;
    return size;
  }

  /// Ends the nested message that began with the same `expectedLength` and returned `content`.
  public void end(int content, int expectedLength) {
    int length = size - content;
    int reserved = varintSize(expectedLength);
    int needed = varintSize(length);
    if (needed != reserved) {
      room(Math.max(0, needed - reserved));
      System.arraycopy(bytes, content, bytes, content - reserved + needed, length);
    }
    size = content - reserved;
    varint(length);
    size += length;
  }

  private void room(int more) {
    int wanted = size + more;
    if (wanted > bytes.length || wanted < 0) {
      if (wanted < 0 || wanted > MAX_CAPACITY || wanted - 10 > maxSize) {
        throw new ResourceExhaustedException("a message of more than " + maxSize + " bytes");
      }
      bytes =
          Arrays.copyOf(bytes, Math.max(wanted, (int) Math.min(MAX_CAPACITY, bytes.length * 2L)));
    }
  }
}
