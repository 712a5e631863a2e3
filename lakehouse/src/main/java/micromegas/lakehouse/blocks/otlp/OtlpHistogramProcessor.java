package micromegas.lakehouse.blocks.otlp;

import static java.nio.charset.StandardCharsets.UTF_8;

import micromegas.lakehouse.blocks.BlockRuns;
import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.columns.DoubleColumn;
import micromegas.lakehouse.columns.LongColumn;
import micromegas.otlp.OtlpTags.Buckets;
import micromegas.otlp.OtlpTags.ExponentialHistogramDataPoint;
import micromegas.otlp.OtlpTags.HistogramDataPoint;
import micromegas.otlp.OtlpTags.Metric;
import micromegas.otlp.OtlpTags.MetricData;
import micromegas.otlp.ProtoReader;
import micromegas.otlp.Signal;

/// Decodes OpenTelemetry histograms into the columns of `otel_histograms` ([HistogramColumns]): one
/// row per data point that has a time and a recorded value, buckets kept as they came.
///
/// The value is a JSONB object. Explicit buckets: `bounds` (upper bounds, ascending) and `counts`
/// (one more than bounds). Exponential ones: `scale`, `zero_count`, `zero_threshold`, and
/// `positive` and `negative` with `offset` and `counts`. Both: `count`, and `sum`, `min` and `max`
/// if they were sent.
public final class OtlpHistogramProcessor extends OtlpBlockProcessor {
  private static final int VERSION = 1;
  private static final int NO_RECORDED_VALUE = 1;

  private static final byte[] HISTOGRAM = "histogram".getBytes(UTF_8);
  private static final byte[] EXPONENTIAL = "exponential_histogram".getBytes(UTF_8);
  private static final byte[][] TEMPORALITIES = {
    "unspecified".getBytes(UTF_8), "delta".getBytes(UTF_8), "cumulative".getBytes(UTF_8)
  };
  private static final byte[] BOUNDS = "bounds".getBytes(UTF_8);
  private static final byte[] COUNT = "count".getBytes(UTF_8);
  private static final byte[] COUNTS = "counts".getBytes(UTF_8);
  private static final byte[] MAX = "max".getBytes(UTF_8);
  private static final byte[] MIN = "min".getBytes(UTF_8);
  private static final byte[] NEGATIVE = "negative".getBytes(UTF_8);
  private static final byte[] OFFSET = "offset".getBytes(UTF_8);
  private static final byte[] POSITIVE = "positive".getBytes(UTF_8);
  private static final byte[] SCALE = "scale".getBytes(UTF_8);
  private static final byte[] SUM = "sum".getBytes(UTF_8);
  private static final byte[] ZERO_COUNT = "zero_count".getBytes(UTF_8);
  private static final byte[] ZERO_THRESHOLD = "zero_threshold".getBytes(UTF_8);

  public OtlpHistogramProcessor() {
    super(Signal.METRICS, VERSION);
  }

  @Override
  OtlpRun run(OtlpBlock block, ColumnBatch out) {
    return new Run(block, out);
  }

  /// One pass over one block. Hot code.
  private static final class Run extends OtlpRun {
    private final MetricFields metric;
    private final ProtoReader points;
    private final LongColumn times;
    private final DictionaryColumn targets;
    private final DictionaryColumn names;
    private final DictionaryColumn units;
    private final DictionaryColumn kinds;
    private final DictionaryColumn temporalities;
    private final LongColumn startTimes;
    private final LongColumn counts;
    private final DoubleColumn sums;
    private final DoubleColumn minima;
    private final DoubleColumn maxima;
    private final BytesColumn histograms;
    private final DictionaryColumn properties;
    private int withoutTime;

    // What both kinds of data points have.
    private long time;
    private long startTime;
    private long count;
    private boolean hasSum;
    private double sum;
    private boolean hasMin;
    private double min;
    private boolean hasMax;
    private double max;
    private int flags;

    // What exponential ones have besides.
    private int scale;
    private long zeroCount;
    private double zeroThreshold;
    private int positiveBegin;
    private int positiveEnd;
    private int negativeBegin;
    private int negativeEnd;

    Run(OtlpBlock block, ColumnBatch out) {
      super(block, out);
      metric = scratch.metric;
      points = scratch.points;
      times = out.longs(HistogramColumns.TIME);
      targets = out.dictionary(HistogramColumns.TARGET);
      names = out.dictionary(HistogramColumns.NAME);
      units = out.dictionary(HistogramColumns.UNIT);
      kinds = out.dictionary(HistogramColumns.KIND);
      temporalities = out.dictionary(HistogramColumns.TEMPORALITY);
      startTimes = out.longs(HistogramColumns.START_TIME);
      counts = out.longs(HistogramColumns.COUNT);
      sums = out.doubles(HistogramColumns.SUM);
      minima = out.doubles(HistogramColumns.MIN);
      maxima = out.doubles(HistogramColumns.MAX);
      histograms = out.bytes(HistogramColumns.HISTOGRAM);
      properties = out.dictionary(HistogramColumns.PROPERTIES);
    }

    @Override
    void read() {
      int before = times.size();
      while (records.next()) {
        scratch.takeRecord();
        metric.read(bytes, records.begin(), records.end());
        if (metric.kind() == Metric.HISTOGRAM || metric.kind() == Metric.EXPONENTIAL_HISTOGRAM) {
          metric();
        }
      }
      BlockRuns runs = block.runs(out, times.size() - before);
      runs.origin();
      runs.processProperties(HistogramColumns.PROCESS_PROPERTIES);
      out.widenBy(times, before);
      block.warnOfDropped(withoutTime, "histogram points", "have no time");
    }

    private void metric() {
      boolean exponential = metric.kind() == Metric.EXPONENTIAL_HISTOGRAM;
      int target = scratch.text.intern(bytes, records.nameBegin(), records.nameEnd(), targets);
      int name = scratch.text.intern(bytes, metric.nameBegin(), metric.nameEnd(), names);
      int unit = scratch.text.intern(bytes, metric.unitBegin(), metric.unitEnd(), units);
      int kind = kinds.intern(exponential ? EXPONENTIAL : HISTOGRAM);
      int number = metric.temporality();
      int temporality =
          temporalities.intern(TEMPORALITIES[number == 1 || number == 2 ? number : 0]);
      points.over(bytes, metric.dataBegin(), metric.dataEnd());
      while (points.next()) {
        if (points.tag() == MetricData.DATA_POINTS) {
          scratch.takeRecord();
          forget();
          if (exponential) {
            readExponential();
          } else {
            readExplicit();
          }
          if (time == 0) {
            withoutTime++;
          } else if ((flags & NO_RECORDED_VALUE) == 0) {
            targets.appendIndex(target);
            names.appendIndex(name);
            units.appendIndex(unit);
            kinds.appendIndex(kind);
            temporalities.appendIndex(temporality);
            row(exponential);
          }
        }
      }
    }

    private void forget() {
      time = 0;
      startTime = 0;
      count = 0;
      hasSum = false;
      hasMin = false;
      hasMax = false;
      flags = 0;
      forgetAttributes();
      scale = 0;
      zeroCount = 0;
      zeroThreshold = 0;
      positiveBegin = 0;
      positiveEnd = 0;
      negativeBegin = 0;
      negativeEnd = 0;
    }

    private void readExplicit() {
      record.over(bytes, points.begin(), points.end());
      while (record.next()) {
        switch (record.tag()) {
          case HistogramDataPoint.START_TIME_UNIX_NANO -> startTime = record.asLong();
          case HistogramDataPoint.TIME_UNIX_NANO -> time = record.asLong();
          case HistogramDataPoint.COUNT -> count = record.asLong();
          case HistogramDataPoint.SUM -> {
            hasSum = true;
            sum = record.asDouble();
          }
          case HistogramDataPoint.MIN -> {
            hasMin = true;
            min = record.asDouble();
          }
          case HistogramDataPoint.MAX -> {
            hasMax = true;
            max = record.asDouble();
          }
          case HistogramDataPoint.FLAGS -> flags = record.asInt();
          case HistogramDataPoint.ATTRIBUTES -> attribute();
          default -> {}
        }
      }
    }

    private void readExponential() {
      record.over(bytes, points.begin(), points.end());
      while (record.next()) {
        switch (record.tag()) {
          case ExponentialHistogramDataPoint.START_TIME_UNIX_NANO -> startTime = record.asLong();
          case ExponentialHistogramDataPoint.TIME_UNIX_NANO -> time = record.asLong();
          case ExponentialHistogramDataPoint.COUNT -> count = record.asLong();
          case ExponentialHistogramDataPoint.SUM -> {
            hasSum = true;
            sum = record.asDouble();
          }
          case ExponentialHistogramDataPoint.MIN -> {
            hasMin = true;
            min = record.asDouble();
          }
          case ExponentialHistogramDataPoint.MAX -> {
            hasMax = true;
            max = record.asDouble();
          }
          case ExponentialHistogramDataPoint.FLAGS -> flags = record.asInt();
          case ExponentialHistogramDataPoint.SCALE -> scale = record.asSignedInt();
          case ExponentialHistogramDataPoint.ZERO_COUNT -> zeroCount = record.asLong();
          case ExponentialHistogramDataPoint.ZERO_THRESHOLD -> zeroThreshold = record.asDouble();
          case ExponentialHistogramDataPoint.POSITIVE -> {
            positiveBegin = record.begin();
            positiveEnd = record.end();
          }
          case ExponentialHistogramDataPoint.NEGATIVE -> {
            negativeBegin = record.begin();
            negativeEnd = record.end();
          }
          case ExponentialHistogramDataPoint.ATTRIBUTES -> attribute();
          default -> {}
        }
      }
    }

    private void row(boolean exponential) {
      times.append(time);
      startTimes.append(startTime);
      counts.append(count);
      append(sums, hasSum, sum);
      append(minima, hasMin, min);
      append(maxima, hasMax, max);
      json.beginObject();
      if (exponential) {
        exponentialBuckets();
      } else {
        explicitBuckets();
      }
      json.key(COUNT);
      json.value(count);
      number(MAX, hasMax, max);
      number(MIN, hasMin, min);
      number(SUM, hasSum, sum);
      json.end();
      scratch.budget.take(json.length());
      histograms.append(json.document(), 0, json.length());
      properties.appendIndex(document(exponential));
    }

    private static void append(DoubleColumn column, boolean present, double value) {
      if (present) {
        column.append(value);
      } else {
        column.appendNull();
      }
    }

    private void number(byte[] key, boolean present, double value) {
      if (present) {
        json.key(key);
        json.value(value);
      }
    }

    private void explicitBuckets() {
      json.key(BOUNDS);
      json.beginArray();
      record.over(bytes, points.begin(), points.end());
      while (record.next()) {
        if (record.tag() == HistogramDataPoint.EXPLICIT_BOUNDS_UNPACKED) {
          json.value(record.asDouble());
        } else if (record.tag() == HistogramDataPoint.EXPLICIT_BOUNDS) {
          int outer = record.enter();
          while (record.hasPacked()) {
            json.value(Double.longBitsToDouble(record.packedFixed64()));
          }
          record.leave(outer);
        }
      }
      json.end();
      json.key(COUNTS);
      json.beginArray();
      record.over(bytes, points.begin(), points.end());
      while (record.next()) {
        if (record.tag() == HistogramDataPoint.BUCKET_COUNTS_UNPACKED) {
          json.value(record.asLong());
        } else if (record.tag() == HistogramDataPoint.BUCKET_COUNTS) {
          int outer = record.enter();
          while (record.hasPacked()) {
            json.value(record.packedFixed64());
          }
          record.leave(outer);
        }
      }
      json.end();
    }

    private void exponentialBuckets() {
      buckets(NEGATIVE, negativeBegin, negativeEnd);
      buckets(POSITIVE, positiveBegin, positiveEnd);
      json.key(SCALE);
      json.value(scale);
      json.key(ZERO_COUNT);
      json.value(zeroCount);
      json.key(ZERO_THRESHOLD);
      json.value(zeroThreshold);
    }

    private void buckets(byte[] key, int begin, int end) {
      int offset = 0;
      json.key(key);
      json.beginObject();
      json.key(COUNTS);
      json.beginArray();
      part.over(bytes, begin, end);
      while (part.next()) {
        switch (part.tag()) {
          case Buckets.OFFSET -> offset = part.asSignedInt();
          case Buckets.BUCKET_COUNTS_UNPACKED -> json.value(part.asLong());
          case Buckets.BUCKET_COUNTS -> {
            int outer = part.enter();
            while (part.hasPacked()) {
              json.value(part.packedVarint());
            }
            part.leave(outer);
          }
          default -> {}
        }
      }
      json.end();
      json.key(OFFSET);
      json.value(offset);
      json.end();
    }

    private int document(boolean exponential) {
      int tag =
          exponential ? ExponentialHistogramDataPoint.ATTRIBUTES : HistogramDataPoint.ATTRIBUTES;
      int known = documents.find(attributesBegin, attributesEnd, 0, 0, tag);
      if (known >= 0) {
        return known;
      }
      json.beginObject();
      scratch.attributes.addAll(bytes, attributesBegin, attributesEnd, tag, false);
      int made = endDocument(properties);
      documents.put(made);
      return made;
    }
  }
}
