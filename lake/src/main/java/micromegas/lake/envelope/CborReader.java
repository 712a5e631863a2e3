package micromegas.lake.envelope;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Pulls the items of one CBOR value (RFC 8949) out of an array, in place. Our own instead of
/// Jackson's for three reasons: a run of tags costs no memory, payload bytes are not copied, and
/// what is accepted is exactly what the reference's decoder accepts.
///
/// Tags in front of any item are skipped; definite and indefinite lengths are equal; nothing is
/// allocated from a declared length before the bytes are seen. Not thread-safe.
final class CborReader {
  private static final int UNSIGNED = 0;
  private static final int NEGATIVE = 1;
  private static final int BYTES = 2;
  private static final int TEXT = 3;
  private static final int ARRAY = 4;
  private static final int MAP = 5;
  private static final int TAG = 6;
  private static final int SIMPLE = 7;
  private static final int BREAK = 0xff;
  private static final long INDEFINITE = -1;

  private final byte[] bytes;
  private final int maxTextBytes;
  private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();

  /// Items left in each open array or map (map: keys plus values), or [#INDEFINITE].
  private final long[] left;

  private int depth;
  private int position;
  private int major;
  private boolean indefinite;
  private long argument;

  CborReader(byte[] bytes, int maxDepth, int maxTextBytes) {
    this.bytes = bytes;
    this.maxTextBytes = maxTextBytes;
    this.left = new long[maxDepth];
  }

  /// Enters a map; then alternate [#nextKey] and one read until it answers null.
  void beginMap() throws MalformedCborException {
    header();
    expect(MAP, "a map");
    enter(indefinite ? INDEFINITE : doubled(argument));
  }

  /// Next key of the innermost map, or null (and the map is left) at its end.
  @Nullable String nextKey() throws MalformedCborException {
    if (!hasNext()) {
      return null;
    }
    header();
    if (major != TEXT && major != BYTES) {
      throw malformed("map key is not a text");
    }
    return text();
  }

  /// Enters an array; then read one item whenever [#hasNext] says so.
  void beginArray() throws MalformedCborException {
    header();
    expect(ARRAY, "an array");
    enter(indefinite ? INDEFINITE : counted(argument));
  }

  /// Whether the innermost array or map has one more item; leaves it otherwise.
  boolean hasNext() throws MalformedCborException {
    long remaining = left[depth - 1];
    if (remaining == INDEFINITE) {
      if (peek() != BREAK) {
        return true;
      }
      position++;
    } else if (remaining > 0) {
      return true;
    }
    depth--;
    return false;
  }

  String readText() throws MalformedCborException {
    header();
    expect(TEXT, "a text");
    return text();
  }

  /// A text, or null for CBOR null and undefined.
  @Nullable String readTextOrNull() throws MalformedCborException {
    header();
    if (major == SIMPLE && (argument == 22 || argument == 23)) {
      return null;
    }
    expect(TEXT, "a text or null");
    return text();
  }

  boolean readBoolean() throws MalformedCborException {
    header();
    if (major != SIMPLE || (argument != 20 && argument != 21)) {
      throw malformed("expected a boolean");
    }
    return argument == 21;
  }

  long readLong() throws MalformedCborException {
    header();
    if (major != UNSIGNED && major != NEGATIVE) {
      throw malformed("expected an integer");
    }
    if (argument < 0) {
      throw malformed("integer does not fit 64 bits");
    }
    return major == UNSIGNED ? argument : -1 - argument;
  }

  int readInt() throws MalformedCborException {
    long value = readLong();
    if (value != (int) value) {
      throw malformed("integer does not fit 32 bits");
    }
    return (int) value;
  }

  /// A size or an offset.
  int readUnsignedInt() throws MalformedCborException {
    int value = readInt();
    if (value < 0) {
      throw malformed("expected a size or offset, found a negative number");
    }
    return value;
  }

  /// A byte string, or an array of integers 0 to 255 as old clients wrote it. A definite byte
  /// string is not copied.
  ByteSlice readBytes() throws MalformedCborException {
    header();
    if (major == ARRAY) {
      return byteArray();
    }
    expect(BYTES, "a byte string");
    if (!indefinite) {
      int length = take(argument);
      return new ByteSlice(bytes, position - length, length);
    }
    byte[] joined = chunks(BYTES, Integer.MAX_VALUE);
    return new ByteSlice(joined, 0, joined.length);
  }

  /// Reads past one item of any kind.
  void skip() throws MalformedCborException {
    int outer = depth;
    do {
      if (depth > outer && !hasNext()) {
        continue;
      }
      header();
      switch (major) {
        case BYTES, TEXT -> {
          if (indefinite) {
            skipChunks(major);
          } else {
            take(argument);
          }
        }
        case ARRAY -> enter(indefinite ? INDEFINITE : counted(argument));
        case MAP -> enter(indefinite ? INDEFINITE : doubled(argument));
        default -> {
          // The header was the whole item.
        }
      }
    } while (depth > outer);
  }

  MalformedCborException malformed(String what) {
    return new MalformedCborException(what + " (at byte " + position + ")");
  }

  private ByteSlice byteArray() throws MalformedCborException {
    enter(indefinite ? INDEFINITE : counted(argument));
    byte[] values = new byte[256];
    int size = 0;
    while (hasNext()) {
      long value = readLong();
      if (value < 0 || value > 255) {
        throw malformed("array element is not a byte");
      }
      if (size == values.length) {
        values = Arrays.copyOf(values, size * 2);
      }
      values[size++] = (byte) value;
    }
    return new ByteSlice(values, 0, size);
  }

  private String text() throws MalformedCborException {
    ByteBuffer content;
    if (indefinite) {
      content = ByteBuffer.wrap(chunks(major, maxTextBytes));
    } else {
      int length = take(argument);
      if (length > maxTextBytes) {
        throw malformed("text is longer than " + maxTextBytes + " bytes");
      }
      content = ByteBuffer.wrap(bytes, position - length, length);
    }
    try {
      return utf8.decode(content).toString();
    } catch (CharacterCodingException e) {
      throw malformed("text is not UTF-8");
    }
  }

  /// The chunks of an indefinite string, joined.
  private byte[] chunks(int kind, int maxBytes) throws MalformedCborException {
    byte[] joined = new byte[64];
    int size = 0;
    while (peek() != BREAK) {
      head();
      if (major != kind || indefinite) {
        throw malformed("bad chunk in a string of indefinite length");
      }
      int length = take(argument);
      if (length > maxBytes - size) {
        throw malformed("text is longer than " + maxBytes + " bytes");
      }
      if (size + length > joined.length) {
        joined = Arrays.copyOf(joined, Math.max(size + length, joined.length * 2));
      }
      System.arraycopy(bytes, position - length, joined, size, length);
      size += length;
    }
    position++;
    return size == joined.length ? joined : Arrays.copyOf(joined, size);
  }

  private void skipChunks(int kind) throws MalformedCborException {
    while (peek() != BREAK) {
      head();
      if (major != kind || indefinite) {
        throw malformed("bad chunk in a string of indefinite length");
      }
      take(argument);
    }
    position++;
  }

  /// Reads the head of the next item that is not a tag, and counts it in its container.
  private void header() throws MalformedCborException {
    do {
      head();
    } while (major == TAG);
    if (depth > 0 && left[depth - 1] > 0) {
      left[depth - 1]--;
    }
  }

  private void head() throws MalformedCborException {
    int initial = peek();
    position++;
    major = initial >>> 5;
    int additional = initial & 0x1f;
    indefinite = false;
    if (additional < 24) {
      argument = additional;
    } else if (additional < 28) {
      int width = 1 << (additional - 24);
      long value = 0;
      for (int i = 0; i < width; i++) {
        value = value << 8 | peek();
        position++;
      }
      argument = value;
      if (major == SIMPLE && additional > 24) {
        argument = -1; // a float: no simple value, no integer
      }
    } else if (additional == 31 && major >= BYTES && major <= MAP) {
      indefinite = true;
      argument = 0;
    } else {
      throw malformed("bad item 0x" + Integer.toHexString(initial));
    }
  }

  private int peek() throws MalformedCborException {
    if (position >= bytes.length) {
      throw malformed("ends too early");
    }
    return bytes[position] & 0xff;
  }

  /// Moves past `length` bytes that must exist.
  private int take(long length) throws MalformedCborException {
    if (length < 0 || length > bytes.length - position) {
      throw malformed("ends too early");
    }
    position += (int) length;
    return (int) length;
  }

  private void enter(long items) throws MalformedCborException {
    if (depth == left.length) {
      throw malformed("nested deeper than " + left.length + " levels");
    }
    left[depth++] = items;
  }

  private long counted(long count) throws MalformedCborException {
    if (count < 0 || count > bytes.length) { // an item takes a byte or more
      throw malformed("ends too early");
    }
    return count;
  }

  private long doubled(long count) throws MalformedCborException {
    return 2 * counted(count);
  }

  private void expect(int wanted, String name) throws MalformedCborException {
    if (major != wanted) {
      throw malformed("expected " + name);
    }
  }
}
