package micromegas.lakehouse.blocks.otlp;

import static java.nio.charset.StandardCharsets.UTF_8;

import micromegas.lakehouse.blocks.BlockRuns;
import micromegas.lakehouse.blocks.MeasureColumns;
import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.columns.DoubleColumn;
import micromegas.lakehouse.columns.LongColumn;
import micromegas.otlp.OtlpTags.Metric;
import micromegas.otlp.OtlpTags.MetricData;
import micromegas.otlp.OtlpTags.NumberDataPoint;
import micromegas.otlp.OtlpTags.SummaryDataPoint;
import micromegas.otlp.OtlpTags.ValueAtQuantile;
import micromegas.otlp.ProtoReader;
import micromegas.otlp.Signal;

/// Decodes OpenTelemetry sums, gauges and summaries into the columns of `measures`
/// ([MeasureColumns]; `otlp.md` 5.3). Histograms have rows in `otel_histograms`; here they have
/// none, as in the reference.
public final class OtlpMetricProcessor extends OtlpBlockProcessor {
  private static final int VERSION = 1;
  private static final int NO_RECORDED_VALUE = 1;

  private static final byte[] KIND = "otel.metric.kind".getBytes(UTF_8);
  private static final byte[] TEMPORALITY = "otel.metric.aggregation_temporality".getBytes(UTF_8);
  private static final byte[] MONOTONIC = "otel.metric.is_monotonic".getBytes(UTF_8);
  private static final byte[] COUNT = "_count".getBytes(UTF_8);
  private static final byte[] SUM_SUFFIX = "_sum".getBytes(UTF_8);
  private static final byte[] MIN = "_min".getBytes(UTF_8);
  private static final byte[] MAX = "_max".getBytes(UTF_8);
  private static final byte[] SUM = "sum".getBytes(UTF_8);
  private static final byte[] GAUGE = "gauge".getBytes(UTF_8);

  public OtlpMetricProcessor() {
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
    private final DoubleColumn values;
    private final DictionaryColumn properties;
    private int target;
    private int withoutTime;
    private int withoutValue;

    Run(OtlpBlock block, ColumnBatch out) {
      super(block, out);
      metric = scratch.metric;
      points = scratch.points;
      times = out.longs(MeasureColumns.TIME);
      targets = out.dictionary(MeasureColumns.TARGET);
      names = out.dictionary(MeasureColumns.NAME);
      units = out.dictionary(MeasureColumns.UNIT);
      values = out.doubles(MeasureColumns.VALUE);
      properties = out.dictionary(MeasureColumns.PROPERTIES);
    }

    @Override
    void read() {
      int before = times.size();
      int scope = -1;
      while (records.next()) {
        scratch.takeRecord();
        if (records.scope() != scope) {
          scope = records.scope();
          target = scratch.text.intern(bytes, records.nameBegin(), records.nameEnd(), targets);
        }
        metric.read(bytes, records.begin(), records.end());
        switch (metric.kind()) {
          case Metric.SUM, Metric.GAUGE -> numbers();
          case Metric.SUMMARY -> summaries();
          default -> {}
        }
      }
      BlockRuns runs = block.runs(out, times.size() - before);
      runs.origin();
      runs.processProperties(MeasureColumns.PROCESS_PROPERTIES);
      out.widenBy(times, before);
      block.warnOfDropped(withoutTime, "data points", "have no time");
      block.warnOfDropped(withoutValue, "data points", "have no value");
    }

    private void numbers() {
      int name = scratch.text.intern(bytes, metric.nameBegin(), metric.nameEnd(), names);
      int unit = scratch.text.intern(bytes, metric.unitBegin(), metric.unitEnd(), units);
      points.over(bytes, metric.dataBegin(), metric.dataEnd());
      while (points.next()) {
        if (points.tag() == MetricData.DATA_POINTS) {
          scratch.takeRecord();
          number(name, unit);
        }
      }
    }

    private void number(int name, int unit) {
      long time = 0;
      boolean hasValue = false;
      double value = 0;
      forgetAttributes();
      record.over(bytes, points.begin(), points.end());
      while (record.next()) {
        switch (record.tag()) {
          case NumberDataPoint.TIME_UNIX_NANO -> time = record.asLong();
          case NumberDataPoint.AS_DOUBLE -> {
            hasValue = true;
            value = record.asDouble();
          }
          case NumberDataPoint.AS_INT -> {
            hasValue = true;
            value = record.asLong();
          }
          case NumberDataPoint.ATTRIBUTES -> attribute();
          default -> {}
        }
      }
      if (time == 0) {
        withoutTime++;
      } else if (!hasValue) {
        withoutValue++;
      } else {
        row(time, name, unit, value, document());
      }
    }

    private void summaries() {
      int name = scratch.text.intern(bytes, metric.nameBegin(), metric.nameEnd(), names);
      int unit = scratch.text.intern(bytes, metric.unitBegin(), metric.unitEnd(), units);
      int noUnit = units.intern(bytes, 0, 0);
      int count = suffixed(name, COUNT);
      int sum = suffixed(name, SUM_SUFFIX);
      int min = suffixed(name, MIN);
      int max = suffixed(name, MAX);
      points.over(bytes, metric.dataBegin(), metric.dataEnd());
      while (points.next()) {
        if (points.tag() == MetricData.DATA_POINTS) {
          scratch.takeRecord();
          summary(count, noUnit, sum, min, max, unit);
        }
      }
    }

    private void summary(int count, int noUnit, int sum, int min, int max, int unit) {
      long time = 0;
      long observations = 0;
      double total = 0;
      int flags = 0;
      forgetAttributes();
      record.over(bytes, points.begin(), points.end());
      while (record.next()) {
        switch (record.tag()) {
          case SummaryDataPoint.TIME_UNIX_NANO -> time = record.asLong();
          case SummaryDataPoint.COUNT -> observations = record.asLong();
          case SummaryDataPoint.SUM -> total = record.asDouble();
          case SummaryDataPoint.FLAGS -> flags = record.asInt();
          case SummaryDataPoint.ATTRIBUTES -> attribute();
          default -> {}
        }
      }
      if (time == 0) {
        withoutTime++;
        return;
      }
      if ((flags & NO_RECORDED_VALUE) != 0) {
        return;
      }
      int document = document();
      row(time, count, noUnit, unsignedToDouble(observations), document);
      row(time, sum, unit, total, document);
      extremes(time, min, max, unit, document);
    }

    /// Rows for the first quantiles that are the minimum and the maximum, in their order.
    private void extremes(long time, int min, int max, int unit, int document) {
      boolean hasMin = false;
      boolean hasMax = false;
      record.over(bytes, points.begin(), points.end());
      while (record.next()) {
        if (record.tag() == SummaryDataPoint.QUANTILE_VALUES) {
          double ratio = 0;
          double value = 0;
          part.over(bytes, record.begin(), record.end());
          while (part.next()) {
            switch (part.tag()) {
              case ValueAtQuantile.QUANTILE -> ratio = part.asDouble();
              case ValueAtQuantile.VALUE -> value = part.asDouble();
              default -> {}
            }
          }
          if (ratio == 0 && !hasMin) {
            hasMin = true;
            row(time, min, unit, value, document);
          } else if (ratio == 1 && !hasMax) {
            hasMax = true;
            row(time, max, unit, value, document);
          }
        }
      }
    }

    private static double unsignedToDouble(long value) {
      // Halved with the lost bit kept, so that rounding is the same as of the whole.
      return value >= 0 ? (double) value : (double) (value >>> 1 | value & 1) * 2;
    }

    /// Index of the name at index `name` with `suffix` behind it.
    private int suffixed(int name, byte[] suffix) {
      BytesColumn known = names.dictionary();
      int length = known.end(name) - known.begin(name);
      byte[] both = new byte[length + suffix.length];
      System.arraycopy(known.data(), known.begin(name), both, 0, length);
      System.arraycopy(suffix, 0, both, length, suffix.length);
      return names.intern(both);
    }

    private void row(long time, int name, int unit, double value, int document) {
      times.append(time);
      targets.appendIndex(target);
      names.appendIndex(name);
      units.appendIndex(unit);
      values.append(value);
      properties.appendIndex(document);
    }

    /// The document of a data point of the current metric.
    private int document() {
      long kind =
          metric.kind() | (metric.isMonotonic() ? 1L << 32 : 0) | (long) metric.temporality() << 33;
      int known = documents.find(attributesBegin, attributesEnd, 0, 0, kind);
      if (known >= 0) {
        return known;
      }
      json.beginObject();
      if (metric.kind() == Metric.SUMMARY) {
        scratch.attributes.addAll(
            bytes, attributesBegin, attributesEnd, SummaryDataPoint.ATTRIBUTES, false);
      } else {
        scratch.attributes.addAll(
            bytes, attributesBegin, attributesEnd, NumberDataPoint.ATTRIBUTES, false);
        if (metric.kind() == Metric.SUM) {
          json.key(TEMPORALITY);
          json.value(metric.temporality());
          json.key(MONOTONIC);
          json.value(metric.isMonotonic());
        }
        json.key(KIND);
        json.text(metric.kind() == Metric.SUM ? SUM : GAUGE);
      }
      int made = endDocument(properties);
      documents.put(made);
      return made;
    }
  }
}
