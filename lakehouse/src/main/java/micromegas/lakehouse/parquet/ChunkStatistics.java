package micromegas.lakehouse.parquet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Smallest and largest value of a column chunk, in the encoding of the footer.
///
/// @param min a lower bound; null when there is none
/// @param max an upper bound; null when there is none
/// @param nulls rows without a value
@SuppressWarnings("ArrayRecordComponent") // never compared
record ChunkStatistics(
    byte @Nullable [] min, boolean minExact, byte @Nullable [] max, boolean maxExact, long nulls) {

  /// Bounds of byte strings are cut to this length, as in the reference's files.
  static final int MAX_BYTES = 64;

  static final ChunkStatistics NONE = new ChunkStatistics(null, false, null, false, 0);

  static ChunkStatistics of(long min, long max) {
    return new ChunkStatistics(bytes(min), true, bytes(max), true, 0);
  }

  /// Bounds in the order of the column's type (unsigned values already compared as such).
  static ChunkStatistics of(int min, int max) {
    return new ChunkStatistics(bytes(min), true, bytes(max), true, 0);
  }

  static ChunkStatistics of(boolean min, boolean max) {
    return new ChunkStatistics(
        new byte[] {(byte) (min ? 1 : 0)}, true, new byte[] {(byte) (max ? 1 : 0)}, true, 0);
  }

  /// Zeros are widened to -0.0 and +0.0, since readers may compare either way (parquet.thrift,
  /// ColumnOrder). A chunk with a NaN has no statistics at all: our query engine sorts NaN above
  /// every number, so an upper bound without it would prune rows that match.
  static ChunkStatistics of(double min, double max) {
    double low = min == 0 ? -0.0 : min;
    double high = max == 0 ? 0.0 : max;
    return new ChunkStatistics(
        bytes(Double.doubleToRawLongBits(low)),
        true,
        bytes(Double.doubleToRawLongBits(high)),
        true,
        0);
  }

  /// Bounds of byte strings, cut when they are long.
  ///
  /// @param text whether the values are UTF-8 (cut bounds stay valid UTF-8, which readers check)
  static ChunkStatistics of(byte[] min, byte[] max, boolean text) {
    byte[] low = min;
    byte[] high = max;
    if (min.length > MAX_BYTES) {
      low = Arrays.copyOf(min, cut(min, text));
    }
    if (max.length > MAX_BYTES) {
      high = successor(Arrays.copyOf(max, cut(max, text)), text);
    }
    return new ChunkStatistics(low, low == min, high, high == max, 0);
  }

  ChunkStatistics withNulls(long count) {
    return new ChunkStatistics(min, minExact, max, maxExact, count);
  }

  void write(CompactThrift thrift, int field) {
    thrift.begin(field);
    thrift.field(3, nulls);
    if (max != null) {
      thrift.field(5, max);
    }
    if (min != null) {
      thrift.field(6, min);
    }
    if (max != null) {
      thrift.field(7, maxExact);
    }
    if (min != null) {
      thrift.field(8, minExact);
    }
    thrift.end();
  }

  /// Where to cut so that no UTF-8 character is split.
  private static int cut(byte[] value, boolean text) {
    int length = MAX_BYTES;
    while (text && length > 0 && (value[length] & 0xC0) == 0x80) {
      length--;
    }
    return length;
  }

  /// The shortest string that is greater than everything that starts with `prefix`; null when there
  /// is none. For text, only ASCII characters are incremented, so that the result stays UTF-8.
  private static byte @Nullable [] successor(byte[] prefix, boolean text) {
    for (int i = prefix.length - 1; i >= 0; i--) {
      int last = prefix[i] & 0xFF;
      if (text ? last < 0x7F : last < 0xFF) {
        byte[] result = Arrays.copyOf(prefix, i + 1);
        result[i]++;
        return result;
      }
    }
    return null;
  }

  private static byte[] bytes(long value) {
    return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }

  private static byte[] bytes(int value) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }
}
