package micromegas.query.duckdb;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.LongStream;
import micromegas.query.duckdb.Jsonb.Value;

/// The positive or the negative buckets of an exponential histogram. Immutable.
///
/// @param offset index of the first bucket
/// @param counts observations in each bucket; the first and the last are not 0
@SuppressWarnings("ArrayRecordComponent") // never compared
record BucketSide(long offset, long[] counts) {
  private static final MemorySegment OFFSET = key("offset");
  private static final MemorySegment COUNTS = key("counts");

  /// The member `name` of a document; without it there are no buckets.
  static BucketSide of(Value document, String name) {
    Value side = Jsonb.member(document, key(name), true);
    Value counts = side == null ? null : Jsonb.member(side, COUNTS, true);
    if (side == null || counts == null) {
      return new BucketSide(0, new long[0]);
    }
    double offset = BucketHistogram.number(side, OFFSET, 0);
    if (offset != (int) offset) {
      throw new IndexOutOfBoundsException("not an index of a bucket");
    }
    return trimmed((long) offset, longs(Jsonb.numbers(counts)));
  }

  static long[] longs(double[] numbers) {
    return Arrays.stream(numbers).mapToLong(number -> (long) number).toArray();
  }

  private static BucketSide trimmed(long offset, long[] counts) {
    int begin = 0;
    int end = counts.length;
    while (begin < end && counts[begin] == 0) {
      begin++;
    }
    while (end > begin && counts[end - 1] == 0) {
      end--;
    }
    return new BucketSide(
        begin == end ? 0 : offset + begin, Arrays.copyOfRange(counts, begin, end));
  }

  private long end() {
    return offset + counts.length;
  }

  /// How many buckets the sum of two has.
  static long width(BucketSide a, BucketSide b) {
    if (a.counts.length == 0 || b.counts.length == 0) {
      return a.counts.length + b.counts.length;
    }
    return Math.max(a.end(), b.end()) - Math.min(a.offset, b.offset);
  }

  /// Buckets that are each `2^steps` of these.
  BucketSide coarser(long steps) {
    if (counts.length == 0) {
      return this;
    }
    int shift = (int) Math.min(steps, Long.SIZE - 1);
    long first = offset >> shift;
    long[] merged = new long[(int) ((end() - 1 >> shift) - first + 1)];
    for (int i = 0; i < counts.length; i++) {
      merged[(int) ((offset + i >> shift) - first)] += counts[i];
    }
    return new BucketSide(first, merged);
  }

  BucketSide plus(BucketSide other) {
    if (counts.length == 0) {
      return other;
    }
    if (other.counts.length == 0) {
      return this;
    }
    long first = Math.min(offset, other.offset);
    long[] all = new long[(int) width(this, other)];
    System.arraycopy(counts, 0, all, (int) (offset - first), counts.length);
    for (int i = 0; i < other.counts.length; i++) {
      all[(int) (other.offset - first) + i] += other.counts[i];
    }
    return new BucketSide(first, all);
  }

  /// The threshold, or the end of the bucket that it would cut, when there is something in it.
  double uncut(int scale, double threshold) {
    int cut = upTo(scale, threshold);
    return cut < counts.length
            && counts[cut] != 0
            && BucketHistogram.power(scale, offset + cut) < threshold
        ? BucketHistogram.power(scale, offset + cut + 1)
        : threshold;
  }

  /// How many of the buckets end at a threshold or before.
  int upTo(int scale, double threshold) {
    int below = 0;
    while (below < counts.length && BucketHistogram.power(scale, offset + below + 1) <= threshold) {
      below++;
    }
    return below;
  }

  /// Observations in the first buckets.
  long total(int buckets) {
    return Arrays.stream(counts, 0, buckets).sum();
  }

  /// Without the first buckets.
  BucketSide from(int buckets) {
    return trimmed(offset + buckets, Arrays.copyOfRange(counts, buckets, counts.length));
  }

  LongStream toLongs() {
    return LongStream.concat(LongStream.of(offset, counts.length), Arrays.stream(counts));
  }

  /// Length of [#toLongs].
  int longs() {
    return 2 + counts.length;
  }

  /// Reads what [#toLongs] gave, at an address.
  static BucketSide ofLongs(long address) {
    long[] counts = new long[(int) EngineAggregate.getLong(address + 8)];
    Arrays.setAll(counts, i -> EngineAggregate.getLong(address + 8 * (2L + i)));
    return new BucketSide(EngineAggregate.getLong(address), counts);
  }

  void addTo(ObjectNode document) {
    document.put("offset", offset);
    ArrayNode observations = document.putArray("counts");
    Arrays.stream(counts).forEach(observations::add);
  }

  private static MemorySegment key(String name) {
    return MemorySegment.ofArray(name.getBytes(StandardCharsets.UTF_8)).asReadOnly();
  }
}
