package micromegas.tracing.record;

/// UTF-8 from strings straight into a chunk, without a copy in between. Unpaired surrogates become
/// U+FFFD. Stateless.
///
/// Hot code: a text of ASCII costs one pass that looks and one that copies; nothing is allocated.
final class TextEncoder {
  private static final int ASCII = 0x80;

  private TextEncoder() {}

  /// Bytes of the UTF-8 form.
  static int length(String text) {
    int length = text.length();
    int seen = 0;
    for (int i = 0; i < length; i++) {
      seen |= text.charAt(i);
    }
    return seen < ASCII ? length : longLength(text, 0, length);
  }

  /// Number of leading chars whose UTF-8 form has at most `maxBytes` bytes; never splits a pair of
  /// surrogates.
  static int fitting(String text, int maxBytes) {
    int bytes = 0;
    int i = 0;
    while (i < text.length()) {
      int units = isPair(text, i) ? 2 : 1;
      bytes += units == 2 ? 4 : bytes(text.charAt(i));
      if (bytes > maxBytes) {
        return i;
      }
      i += units;
    }
    return i;
  }

  /// Encodes a text; the caller has made sure of the room.
  ///
  /// @param length of its UTF-8 form
  /// @return the position behind the text
  @SuppressWarnings("deprecation") // the one that copies bytes without making an array
  static int encode(String text, int length, byte[] out, int at) {
    int chars = text.length();
    if (length == chars) { // so each char has one byte
      text.getBytes(0, chars, out, at);
      return at + chars;
    }
    int to = at;
    for (int i = 0; i < chars; i++) {
      char c = text.charAt(i);
      if (c < ASCII) {
        out[to++] = (byte) c;
      } else if (c < 0x800) {
        out[to++] = (byte) (0xc0 | c >>> 6);
        out[to++] = (byte) (0x80 | c & 0x3f);
      } else if (!Character.isSurrogate(c)) {
        out[to++] = (byte) (0xe0 | c >>> 12);
        out[to++] = (byte) (0x80 | c >>> 6 & 0x3f);
        out[to++] = (byte) (0x80 | c & 0x3f);
      } else if (i + 1 < chars && isPair(text, i)) {
        int point = Character.toCodePoint(c, text.charAt(++i));
        out[to++] = (byte) (0xf0 | point >>> 18);
        out[to++] = (byte) (0x80 | point >>> 12 & 0x3f);
        out[to++] = (byte) (0x80 | point >>> 6 & 0x3f);
        out[to++] = (byte) (0x80 | point & 0x3f);
      } else {
        out[to++] = (byte) 0xef;
        out[to++] = (byte) 0xbf;
        out[to++] = (byte) 0xbd;
      }
    }
    return to;
  }

  private static int longLength(String text, int from, int to) {
    int bytes = 0;
    for (int i = from; i < to; i++) {
      if (isPair(text, i)) {
        bytes += 4;
        i++;
      } else {
        bytes += bytes(text.charAt(i));
      }
    }
    return bytes;
  }

  private static boolean isPair(String text, int i) {
    return Character.isHighSurrogate(text.charAt(i))
        && i + 1 < text.length()
        && Character.isLowSurrogate(text.charAt(i + 1));
  }

  private static int bytes(char c) {
    return c < ASCII ? 1 : c < 0x800 ? 2 : 3;
  }
}
