package micromegas.lakehouse.parquet;

/// Parquet's DELTA_BINARY_PACKED: differences, bit-packed in blocks of 128 relative to the block's
/// smallest difference. Format: `Encodings.md` of apache/parquet-format. Not thread-safe.
final class DeltaEncoder {
  private static final int BLOCK = 128;
  private static final int MINIBLOCKS = 4;
  private static final int MINIBLOCK = BLOCK / MINIBLOCKS;

  private final long[] deltas = new long[BLOCK];

  void encode(long[] values, int from, int to, ByteSink out) {
    header(to - from, from < to ? values[from] : 0, out);
    int at = from + 1;
    while (at < to) {
      int count = Math.min(BLOCK, to - at);
      long min = Long.MAX_VALUE;
      for (int i = 0; i < count; i++) {
        long delta = values[at + i] - values[at + i - 1]; // wraps, and unwraps when read
        deltas[i] = delta;
        min = Math.min(min, delta);
      }
      block(count, min, out);
      at += count;
    }
  }

  /// The differences between neighbours in `ends`, that is: lengths.
  void encodeLengths(BytesRange range, int from, int to, ByteSink out) {
    int previous = from < to ? range.length(from) : 0;
    header(to - from, previous, out);
    int at = from + 1;
    while (at < to) {
      int count = Math.min(BLOCK, to - at);
      long min = Long.MAX_VALUE;
      for (int i = 0; i < count; i++) {
        int length = range.length(at + i);
        long delta = (long) length - previous;
        previous = length;
        deltas[i] = delta;
        min = Math.min(min, delta);
      }
      block(count, min, out);
      at += count;
    }
  }

  private static void header(int count, long first, ByteSink out) {
    out.putVarint(BLOCK);
    out.putVarint(MINIBLOCKS);
    out.putVarint(count);
    out.putZigZag(first);
  }

  private void block(int count, long min, ByteSink out) {
    out.putZigZag(min);
    int widths = out.size();
    out.putInt(0);
    for (int mini = 0; mini * MINIBLOCK < count; mini++) {
      int begin = mini * MINIBLOCK;
      int end = Math.min(count, begin + MINIBLOCK);
      long all = 0;
      for (int i = begin; i < end; i++) {
        deltas[i] -= min;
        all |= deltas[i];
      }
      int width = Long.SIZE - Long.numberOfLeadingZeros(all);
      out.bytes()[widths + mini] = (byte) width;
      pack(begin, end, width, out);
    }
  }

  /// A miniblock always has its full size; what is behind the last value is zero.
  private void pack(int begin, int end, int width, ByteSink out) {
    int length = MINIBLOCK * width / 8;
    out.reserve(length + Long.BYTES);
    int start = out.size();
    long buffer = 0;
    int bits = 0;
    for (int i = begin; i < end; i++) {
      long value = deltas[i];
      buffer |= value << bits;
      bits += width;
      if (bits >= Long.SIZE) {
        out.putLong(buffer);
        bits -= Long.SIZE;
        buffer = bits == 0 ? 0 : value >>> (width - bits);
      }
    }
    while (out.size() - start < length) {
      out.put((int) buffer);
      buffer >>>= 8;
    }
  }
}
