package micromegas.lakehouse.parquet;

/// Parquet's run-length / bit-packed hybrid of small non-negative integers (dictionary indices and
/// levels). Format: `Encodings.md` of apache/parquet-format, "RLE".
final class HybridEncoder {
  /// A shorter run costs more in headers than it saves.
  private static final int MIN_RUN = 16;

  private HybridEncoder() {}

  /// Bits needed for values from 0 to `max`.
  static int width(int max) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(max);
  }

  /// Appends `values[from..to)`, each of at most `width` bits, without a length in front.
  static void encode(int[] values, int from, int to, int width, ByteSink out) {
    int literals = from;
    int at = from;
    while (at < to) {
      int value = values[at];
      int end = at + 1;
      while (end < to && values[end] == value) {
        end++;
      }
      if (end - at >= MIN_RUN || (end == to && at == literals)) {
        pack(values, literals, at, width, out);
        run(value, end - at, width, out);
        at = end;
        literals = end;
      } else {
        // Literals come in groups of eight; a run inside the group is seen at the next boundary.
        at += 8;
      }
    }
    pack(values, literals, Math.max(literals, to), width, out);
  }

  /// Appends one run.
  static void run(int value, int count, int width, ByteSink out) {
    out.putVarint((long) count << 1);
    out.putLittleEndian(value, (width + 7) / 8);
  }

  private static void pack(int[] values, int from, int to, int width, ByteSink out) {
    if (from >= to) {
      return;
    }
    int groups = (to - from + 7) / 8;
    out.putVarint(((long) groups << 1) | 1);
    out.reserve(groups * width + Long.BYTES);
    int start = out.size();
    long buffer = 0;
    int bits = 0;
    for (int i = from; i < to; i++) {
      buffer |= (long) values[i] << bits;
      bits += width;
      if (bits >= Integer.SIZE) {
        out.putInt((int) buffer);
        buffer >>>= Integer.SIZE;
        bits -= Integer.SIZE;
      }
    }
    while (out.size() - start < groups * width) {
      out.put((int) buffer);
      buffer >>>= 8;
    }
  }
}
