package micromegas.query.duckdb;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.stream.LongStream;

/// Exponential buckets that can be added up: of two scales the coarser is taken, of two zero
/// thresholds the larger, widened to the end of a bucket that it would cut (OpenTelemetry's metrics
/// data model, "Exponential buckets"). Immutable.
///
/// @param scale the bucket `i` holds what is above `base^i` and at most `base^(i+1)`, with `base =
///   2^(2^-scale)`
/// @param zeroCount observations between minus and plus `zeroThreshold`
record ExponentialBuckets(
    int scale, long zeroCount, double zeroThreshold, BucketSide positive, BucketSide negative)
    implements BucketSum.Buckets {
  /// Most buckets on one side of a sum; a wider one gets a coarser scale.
  static final int MAX_BUCKETS = 8192;

  private static final long FORM = 2;

  @Override
  public BucketSum.Buckets plus(BucketSum.Buckets other) {
    if (!(other instanceof ExponentialBuckets that)) {
      throw BucketSum.incompatible();
    }
    int coarser = Math.min(scale, that.scale);
    ExponentialBuckets a = at(coarser);
    ExponentialBuckets b = that.at(coarser);
    if (a.zeroThreshold != b.zeroThreshold) {
      double threshold = Math.max(a.zeroThreshold, b.zeroThreshold);
      double before;
      do {
        before = threshold;
        threshold = Math.max(a.uncut(before), b.uncut(before));
      } while (threshold > before);
      a = a.zeroUpTo(threshold);
      b = b.zeroUpTo(threshold);
    }
    while (Math.max(
            BucketSide.width(a.positive, b.positive), BucketSide.width(a.negative, b.negative))
        > MAX_BUCKETS) {
      coarser--;
      a = a.at(coarser);
      b = b.at(coarser);
    }
    return new ExponentialBuckets(
        coarser,
        a.zeroCount + b.zeroCount,
        a.zeroThreshold,
        a.positive.plus(b.positive),
        a.negative.plus(b.negative));
  }

  private ExponentialBuckets at(int coarser) {
    long steps = (long) scale - coarser;
    return steps == 0
        ? this
        : new ExponentialBuckets(
            coarser, zeroCount, zeroThreshold, positive.coarser(steps), negative.coarser(steps));
  }

  /// The threshold, or the end of a bucket that it would cut.
  private double uncut(double threshold) {
    return Math.max(positive.uncut(scale, threshold), negative.uncut(scale, threshold));
  }

  /// Counts what lies in the buckets up to a threshold, which cuts none, as zeros.
  private ExponentialBuckets zeroUpTo(double threshold) {
    int ofPositive = positive.upTo(scale, threshold);
    int ofNegative = negative.upTo(scale, threshold);
    return new ExponentialBuckets(
        scale,
        zeroCount + positive.total(ofPositive) + negative.total(ofNegative),
        threshold,
        positive.from(ofPositive),
        negative.from(ofNegative));
  }

  @Override
  public long[] toLongs() {
    return LongStream.concat(
            LongStream.of(FORM, scale, zeroCount, Double.doubleToRawLongBits(zeroThreshold)),
            LongStream.concat(positive.toLongs(), negative.toLongs()))
        .toArray();
  }

  /// Reads what [#toLongs] gave, at an address.
  static ExponentialBuckets ofLongs(long address) {
    BucketSide positive = BucketSide.ofLongs(address + 32);
    return new ExponentialBuckets(
        (int) EngineAggregate.getLong(address + 8),
        EngineAggregate.getLong(address + 16),
        EngineAggregate.getDouble(address + 24),
        positive,
        BucketSide.ofLongs(address + 32 + 8L * positive.longs()));
  }

  @Override
  public void addTo(ObjectNode document) {
    document.put("scale", scale);
    document.put("zero_count", zeroCount);
    document.put("zero_threshold", zeroThreshold);
    positive.addTo(document.putObject("positive"));
    negative.addTo(document.putObject("negative"));
  }
}
