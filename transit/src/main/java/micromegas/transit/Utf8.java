package micromegas.transit;

import java.util.Arrays;

/// UTF-8 without strings: checking, repairing, and transcoding from UTF-16. Repairs as the
/// reference does: each maximal part of an ill-formed sequence becomes one U+FFFD (Unicode 3.9,
/// "U+FFFD Substitution of Maximal Subparts"), so the result is at most three times as long.
final class Utf8 {
  private static final long HIGH_BITS = 0x8080808080808080L;

  private Utf8() {}

  /// Whether the range is well-formed. Plain ASCII is checked eight bytes at a time.
  static boolean isValid(byte[] bytes, int offset, int length) {
    int end = offset + length;
    int i = asciiEnd(bytes, offset, end);
    while (i < end) {
      int sequence = sequenceLength(bytes, i, end);
      if (sequence < 0) {
        return false;
      }
      i += sequence;
    }
    return true;
  }

  /// Copies the range to `target`, ill-formed parts replaced, and returns the position after it.
  /// The target must have room for three times `length`.
  static int repair(byte[] bytes, int offset, int length, byte[] target, int to) {
    int end = offset + length;
    int out = to;
    int i = offset;
    while (i < end) {
      int sequence = sequenceLength(bytes, i, end);
      if (sequence > 0) {
        for (int k = 0; k < sequence; k++) {
          target[out++] = bytes[i + k];
        }
        i += sequence;
      } else {
        out = putReplacement(target, out);
        i -= sequence;
      }
    }
    return out;
  }

  /// Transcodes UTF-16LE to `target` and returns the position after it; unpaired surrogates become
  /// U+FFFD. The target must have room for one and a half times `length`, which must be even.
  static int fromUtf16(byte[] bytes, int offset, int length, byte[] target, int to) {
    int end = offset + length;
    int out = to;
    for (int i = offset; i < end; i += 2) {
      int unit = unit(bytes, i);
      if (unit < 0x80) {
        target[out++] = (byte) unit;
      } else if (unit < 0x800) {
        target[out++] = (byte) (0xc0 | unit >>> 6);
        target[out++] = (byte) (0x80 | unit & 0x3f);
      } else if (unit < 0xd800 || unit > 0xdfff) {
        target[out++] = (byte) (0xe0 | unit >>> 12);
        target[out++] = (byte) (0x80 | unit >>> 6 & 0x3f);
        target[out++] = (byte) (0x80 | unit & 0x3f);
      } else if (unit < 0xdc00 && i + 2 < end && (unit(bytes, i + 2) & 0xfc00) == 0xdc00) {
        int codePoint = 0x10000 + ((unit - 0xd800) << 10) + (unit(bytes, i + 2) - 0xdc00);
        target[out++] = (byte) (0xf0 | codePoint >>> 18);
        target[out++] = (byte) (0x80 | codePoint >>> 12 & 0x3f);
        target[out++] = (byte) (0x80 | codePoint >>> 6 & 0x3f);
        target[out++] = (byte) (0x80 | codePoint & 0x3f);
        i += 2;
      } else {
        out = putReplacement(target, out);
      }
    }
    return out;
  }

  /// Makes room for `needed` bytes.
  static byte[] grow(byte[] bytes, int needed) {
    if (needed < 0) {
      throw new CorruptBlockException("texts exceed 2 GiB");
    }
    return needed <= bytes.length
        ? bytes
        : Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(bytes.length * 2L, 1 << 30)));
  }

  private static int asciiEnd(byte[] bytes, int offset, int end) {
    int i = offset;
    while (end - i >= 8 && (LittleEndian.getLong(bytes, i) & HIGH_BITS) == 0) {
      i += 8;
    }
    while (i < end && bytes[i] >= 0) {
      i++;
    }
    return i;
  }

  /// Length of the well-formed sequence at `i`, or minus the length of the part to replace.
  private static int sequenceLength(byte[] bytes, int i, int end) {
    int first = bytes[i] & 0xff;
    if (first < 0x80) {
      return 1;
    }
    int length;
    int low = 0x80;
    int high = 0xbf;
    if (first >= 0xc2 && first <= 0xdf) {
      length = 2;
    } else if (first >= 0xe0 && first <= 0xef) {
      length = 3;
      low = first == 0xe0 ? 0xa0 : low;
      high = first == 0xed ? 0x9f : high;
    } else if (first >= 0xf0 && first <= 0xf4) {
      length = 4;
      low = first == 0xf0 ? 0x90 : low;
      high = first == 0xf4 ? 0x8f : high;
    } else {
      return -1;
    }
    if (i + 1 >= end || (bytes[i + 1] & 0xff) < low || (bytes[i + 1] & 0xff) > high) {
      return -1;
    }
    for (int k = 2; k < length; k++) {
      if (i + k >= end || (bytes[i + k] & 0xc0) != 0x80) {
        return -k;
      }
    }
    return length;
  }

  private static int unit(byte[] bytes, int i) {
    return (bytes[i] & 0xff) | (bytes[i + 1] & 0xff) << 8;
  }

  private static int putReplacement(byte[] target, int to) {
    target[to] = (byte) 0xef;
    target[to + 1] = (byte) 0xbf;
    target[to + 2] = (byte) 0xbd;
    return to + 3;
  }
}
