package micromegas.query.duckdb;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import micromegas.query.duckdb.Jsonb.Value;
import org.jspecify.annotations.Nullable;

/// A histogram as OpenTelemetry sends it, read from the document in the column `histogram` of
/// `otel_histograms`: buckets with bounds of their own, or exponential ones.
///
/// @param lower lower bound of each bucket, ascending
/// @param upper upper bound of each bucket
/// @param counts observations in each bucket
@SuppressWarnings("ArrayRecordComponent") // never compared
record BucketHistogram(double[] lower, double[] upper, double[] counts) {
  private static final MemorySegment BOUNDS = key("bounds");
  private static final MemorySegment COUNTS = key("counts");
  private static final MemorySegment MAX = key("max");
  private static final MemorySegment MIN = key("min");
  private static final MemorySegment NEGATIVE = key("negative");
  private static final MemorySegment OFFSET = key("offset");
  private static final MemorySegment POSITIVE = key("positive");
  private static final MemorySegment SCALE = key("scale");
  private static final MemorySegment ZERO_COUNT = key("zero_count");
  private static final MemorySegment ZERO_THRESHOLD = key("zero_threshold");

  /// Reads a document; null for one that is no histogram or whose parts do not fit together.
  static @Nullable BucketHistogram of(Value document) {
    Value bounds = Jsonb.member(document, BOUNDS, true);
    Value counts = Jsonb.member(document, COUNTS, true);
    double min = number(document, MIN, Double.NaN);
    double max = number(document, MAX, Double.NaN);
    if (bounds != null && counts != null) {
      return explicit(Jsonb.numbers(bounds), Jsonb.numbers(counts), min, max);
    }
    return Jsonb.member(document, SCALE, true) == null ? null : exponential(document, min, max);
  }

  /// The value below which the given part of the observations lies: the first bucket with which the
  /// cumulated count reaches `count · ratio`, and in it linearly between its bounds, as in the
  /// reference's histograms of equal bins (`sql.md` 8.3). NaN without observations.
  double quantile(double ratio) {
    double total = 0;
    for (double count : counts) {
      total += count;
    }
    double target = total * ratio;
    double before = 0;
    double last = Double.NaN;
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        if (before + counts[i] >= target) {
          double part = (target - before) / counts[i];
          return (1 - part) * lower[i] + part * upper[i];
        }
        before += counts[i];
        last = upper[i];
      }
    }
    return last;
  }

  /// The sample variance of the observations, taken as spread evenly between the bounds of their
  /// bucket, like for quantiles; so it is an estimate. NaN for less than two.
  double variance() {
    double total = 0;
    double mean = 0;
    for (int i = 0; i < counts.length; i++) {
      total += counts[i];
      mean += counts[i] * (lower[i] + upper[i]) / 2;
    }
    if (total < 2) {
      return Double.NaN;
    }
    mean /= total;
    double squares = 0;
    for (int i = 0; i < counts.length; i++) {
      double distance = (lower[i] + upper[i]) / 2 - mean;
      double width = upper[i] - lower[i];
      squares += counts[i] * (distance * distance + width * width / 12);
    }
    return squares / (total - 1);
  }

  /// Without bounds there is one bucket of everything; without counts there are none.
  private static @Nullable BucketHistogram explicit(
      double[] bounds, double[] counts, double min, double max) {
    if (counts.length > 0 && counts.length != bounds.length + 1) {
      return null;
    }
    int size = counts.length;
    double[] lower = new double[size];
    double[] upper = new double[size];
    for (int i = 0; i < size; i++) {
      lower[i] = i > 0 ? bounds[i - 1] : Double.NEGATIVE_INFINITY;
      upper[i] = i < bounds.length ? bounds[i] : Double.POSITIVE_INFINITY;
    }
    return clamped(lower, upper, counts, min, max);
  }

  /// Bucket `i` of scale `s` holds what is above `base^i` and at most `base^(i+1)`, with `base =
  /// 2^(2^-s)` (OpenTelemetry's metrics data model).
  private static BucketHistogram exponential(Value document, double min, double max) {
    double scale = number(document, SCALE, 0);
    double zero = number(document, ZERO_THRESHOLD, 0);
    Value negative = Jsonb.member(document, NEGATIVE, true);
    Value positive = Jsonb.member(document, POSITIVE, true);
    double[] below = counts(negative);
    double[] above = counts(positive);
    double belowOffset = negative == null ? 0 : number(negative, OFFSET, 0);
    double aboveOffset = positive == null ? 0 : number(positive, OFFSET, 0);
    int size = below.length + 1 + above.length;
    double[] lower = new double[size];
    double[] upper = new double[size];
    double[] counts = new double[size];
    for (int i = 0; i < below.length; i++) {
      int at = below.length - 1 - i;
      lower[at] = -power(scale, belowOffset + i + 1);
      upper[at] = -power(scale, belowOffset + i);
      counts[at] = below[i];
    }
    lower[below.length] = -zero;
    upper[below.length] = zero;
    counts[below.length] = number(document, ZERO_COUNT, 0);
    for (int i = 0; i < above.length; i++) {
      int at = below.length + 1 + i;
      lower[at] = power(scale, aboveOffset + i);
      upper[at] = power(scale, aboveOffset + i + 1);
      counts[at] = above[i];
    }
    return clamped(lower, upper, counts, min, max);
  }

  private static double[] counts(@Nullable Value buckets) {
    Value counts = buckets == null ? null : Jsonb.member(buckets, COUNTS, true);
    return counts == null ? new double[0] : Jsonb.numbers(counts);
  }

  static double power(double scale, double index) {
    return Math.pow(2, index * Math.pow(2, -scale));
  }

  /// Narrows the buckets to the smallest and largest observation where they are known, and gives
  /// open ones the nearest bound that is.
  private static BucketHistogram clamped(
      double[] lower, double[] upper, double[] counts, double min, double max) {
    for (int i = 0; i < counts.length; i++) {
      if (lower[i] < min) {
        lower[i] = Math.min(min, upper[i]);
      }
      if (upper[i] > max) {
        upper[i] = Math.max(max, lower[i]);
      }
      if (Double.isInfinite(lower[i])) {
        lower[i] = Math.min(0, upper[i]);
      }
      if (Double.isInfinite(upper[i])) {
        upper[i] = Math.max(0, lower[i]);
      }
    }
    return new BucketHistogram(lower, upper, counts);
  }

  static double number(Value object, MemorySegment key, double absent) {
    Value value = Jsonb.member(object, key, true);
    return value == null || value.type() != Jsonb.NUMBER
        ? absent
        : Jsonb.number(value).doubleValue();
  }

  private static MemorySegment key(String name) {
    return MemorySegment.ofArray(name.getBytes(StandardCharsets.UTF_8)).asReadOnly();
  }
}
