package micromegas.query.duckdb;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.LongStream;
import micromegas.query.duckdb.Jsonb.Value;
import org.jspecify.annotations.Nullable;

/// The sum of histograms as OpenTelemetry sends them, in the form in which they came. Histograms of
/// no observations change nothing. Sum, least and largest observation are known when all parts know
/// them. Immutable.
///
/// @param count observations
/// @param sum of the observations, and the least and the largest of them; NaN when unknown
/// @param buckets where the observations lie
record BucketSum(long count, double sum, double min, double max, Buckets buckets) {
  private static final int HEADER = 4;
  private static final MemorySegment COUNT = key("count");
  private static final MemorySegment COUNTS = key("counts");
  private static final MemorySegment BOUNDS = key("bounds");
  private static final MemorySegment SCALE = key("scale");
  private static final MemorySegment SUM = key("sum");
  private static final MemorySegment MIN = key("min");
  private static final MemorySegment MAX = key("max");
  private static final MemorySegment ZERO_COUNT = key("zero_count");
  private static final MemorySegment ZERO_THRESHOLD = key("zero_threshold");

  /// One of the two forms.
  sealed interface Buckets permits Explicit, ExponentialBuckets {
    /// @throws IllegalArgumentException when the other ones have another form or other bounds
    Buckets plus(Buckets other);

    /// As numbers, the first of which tells the forms apart.
    long[] toLongs();

    void addTo(ObjectNode document);
  }

  /// Buckets with bounds of their own.
  ///
  /// @param bounds upper bounds, ascending
  /// @param counts one more than bounds, or none
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Explicit(double[] bounds, long[] counts) implements Buckets {
    private static final long FORM = 1;

    @Override
    public Buckets plus(Buckets other) {
      if (!(other instanceof Explicit that)
          || !Arrays.equals(bounds, that.bounds)
          || counts.length != that.counts.length) {
        throw incompatible();
      }
      long[] all = counts.clone();
      Arrays.setAll(all, i -> counts[i] + that.counts[i]);
      return new Explicit(bounds, all);
    }

    @Override
    public long[] toLongs() {
      return LongStream.concat(
              LongStream.concat(
                  LongStream.of(FORM, bounds.length, counts.length),
                  Arrays.stream(bounds).mapToLong(Double::doubleToRawLongBits)),
              Arrays.stream(counts))
          .toArray();
    }

    private static Explicit ofLongs(long address) {
      int bounds = (int) EngineAggregate.getLong(address + 8);
      int counts = (int) EngineAggregate.getLong(address + 16);
      double[] upper = new double[bounds];
      Arrays.setAll(upper, i -> EngineAggregate.getDouble(address + 8 * (3L + i)));
      long[] observations = new long[counts];
      Arrays.setAll(observations, i -> EngineAggregate.getLong(address + 8 * (3L + bounds + i)));
      return new Explicit(upper, observations);
    }

    @Override
    public void addTo(ObjectNode document) {
      ArrayNode upper = document.putArray("bounds");
      Arrays.stream(bounds).forEach(upper::add);
      ArrayNode observations = document.putArray("counts");
      Arrays.stream(counts).forEach(observations::add);
    }
  }

  static IllegalArgumentException incompatible() {
    return new IllegalArgumentException(
        "Error merging incompatible histograms: they have different bounds, or only some are"
            + " exponential");
  }

  /// Reads a document; null for one that is no histogram.
  ///
  /// @throws IndexOutOfBoundsException when its parts are not what they should be
  static @Nullable BucketSum of(Value document) {
    Value bounds = Jsonb.member(document, BOUNDS, true);
    Value counts = Jsonb.member(document, COUNTS, true);
    Buckets buckets;
    if (bounds != null && counts != null) {
      Explicit explicit =
          new Explicit(Jsonb.numbers(bounds), BucketSide.longs(Jsonb.numbers(counts)));
      if (explicit.counts.length != 0 && explicit.counts.length != explicit.bounds.length + 1) {
        return null;
      }
      buckets = explicit;
    } else if (Jsonb.member(document, SCALE, true) != null) {
      buckets =
          new ExponentialBuckets(
              (int) BucketHistogram.number(document, SCALE, 0),
              (long) BucketHistogram.number(document, ZERO_COUNT, 0),
              BucketHistogram.number(document, ZERO_THRESHOLD, 0),
              BucketSide.of(document, "positive"),
              BucketSide.of(document, "negative"));
    } else {
      return null;
    }
    return new BucketSum(
        (long) BucketHistogram.number(document, COUNT, 0),
        BucketHistogram.number(document, SUM, Double.NaN),
        BucketHistogram.number(document, MIN, Double.NaN),
        BucketHistogram.number(document, MAX, Double.NaN),
        buckets);
  }

  /// @throws IllegalArgumentException when the two do not fit together
  BucketSum plus(BucketSum other) {
    if (other.count == 0) {
      return this;
    }
    if (count == 0) {
      return other;
    }
    return new BucketSum(
        count + other.count,
        sum + other.sum,
        Math.min(min, other.min),
        Math.max(max, other.max),
        buckets.plus(other.buckets));
  }

  /// As numbers; the other way is [#ofLongs].
  long[] toLongs() {
    long[] content = buckets.toLongs();
    long[] all = new long[HEADER + content.length];
    all[0] = count;
    all[1] = Double.doubleToRawLongBits(sum);
    all[2] = Double.doubleToRawLongBits(min);
    all[3] = Double.doubleToRawLongBits(max);
    System.arraycopy(content, 0, all, HEADER, content.length);
    return all;
  }

  /// Reads what [#toLongs] gave, at an address.
  static BucketSum ofLongs(long address) {
    long content = address + 8 * HEADER;
    return new BucketSum(
        EngineAggregate.getLong(address),
        EngineAggregate.getDouble(address + 8),
        EngineAggregate.getDouble(address + 16),
        EngineAggregate.getDouble(address + 24),
        EngineAggregate.getLong(content) == Explicit.FORM
            ? Explicit.ofLongs(content)
            : ExponentialBuckets.ofLongs(content));
  }

  /// The document of the sum, like those of its parts.
  byte[] document() {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("count", count);
    putKnown(document, "sum", sum);
    putKnown(document, "min", min);
    putKnown(document, "max", max);
    buckets.addTo(document);
    return JsonbEncoder.encodeTree(document);
  }

  private static void putKnown(ObjectNode document, String name, double value) {
    if (!Double.isNaN(value)) {
      document.put(name, value);
    }
  }

  private static MemorySegment key(String name) {
    return MemorySegment.ofArray(name.getBytes(StandardCharsets.UTF_8)).asReadOnly();
  }
}
