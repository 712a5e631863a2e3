package micromegas.lakehouse.blocks.otlp;

import static java.nio.charset.StandardCharsets.UTF_8;

import micromegas.lakehouse.blocks.BlockRuns;
import micromegas.lakehouse.blocks.MeasureColumns;
import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.columns.DoubleColumn;
import micromegas.lakehouse.columns.LongColumn;
import micromegas.lakehouse.jsonb.JsonbBuilder;
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
    super(Signal.METRICS);
  }

  @Override
  public int version() {
    return VERSION;
  }

  @Override
  void read(OtlpBlock block, ColumnBatch out) {
    new Run(block, out).read();
  }

  /// One pass over one block. Hot code.
  private static final class Run {
    private final OtlpBlock block;
    private final ColumnBatch out;
    private final OtlpScratch scratch;
    private final RecordCursor metrics;
    private final MetricFields metric;
    private final ProtoReader points;
    private final ProtoReader point;
    private final ProtoReader quantile;
    private final JsonbBuilder json;
    private final DocumentCache documents;
    private final byte[] bytes;
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
      this.block = block;
      this.out = out;
      scratch = block.scratch();
      metrics = scratch.records;
      metric = scratch.metric;
      points = scratch.points;
      point = scratch.record;
      quantile = scratch.part;
      json = scratch.json;
      documents = scratch.documents;
      bytes = metrics.bytes();
      times = out.longs(MeasureColumns.TIME);
      targets = out.dictionary(MeasureColumns.TARGET);
      names = out.dictionary(MeasureColumns.NAME);
      units = out.dictionary(MeasureColumns.UNIT);
      values = out.doubles(MeasureColumns.VALUE);
      properties = out.dictionary(MeasureColumns.PROPERTIES);
      documents.begin(bytes);
    }

    void read() {
      int before = times.size();
      int scope = -1;
      while (metrics.next()) {
        scratch.takeRecord();
        if (metrics.scope() != scope) {
          scope = metrics.scope();
          target = scratch.text.intern(bytes, metrics.nameBegin(), metrics.nameEnd(), targets);
        }
        metric.read(bytes, metrics.begin(), metrics.end());
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
      int attributesBegin = 0;
      int attributesEnd = 0;
      point.over(bytes, points.begin(), points.end());
      while (point.next()) {
        switch (point.tag()) {
          case NumberDataPoint.TIME_UNIX_NANO -> time = point.asLong();
          case NumberDataPoint.AS_DOUBLE -> {
            hasValue = true;
            value = point.asDouble();
          }
          case NumberDataPoint.AS_INT -> {
            hasValue = true;
            value = point.asLong();
          }
          case NumberDataPoint.ATTRIBUTES -> {
            attributesBegin = attributesEnd == 0 ? point.fieldBegin() : attributesBegin;
            attributesEnd = point.end();
          }
          default -> {}
        }
      }
      if (time == 0) {
        withoutTime++;
      } else if (!hasValue) {
        withoutValue++;
      } else {
        row(time, name, unit, value, document(attributesBegin, attributesEnd));
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
      int attributesBegin = 0;
      int attributesEnd = 0;
      point.over(bytes, points.begin(), points.end());
      while (point.next()) {
        switch (point.tag()) {
          case SummaryDataPoint.TIME_UNIX_NANO -> time = point.asLong();
          case SummaryDataPoint.COUNT -> observations = point.asLong();
          case SummaryDataPoint.SUM -> total = point.asDouble();
          case SummaryDataPoint.FLAGS -> flags = point.asInt();
          case SummaryDataPoint.ATTRIBUTES -> {
            attributesBegin = attributesEnd == 0 ? point.fieldBegin() : attributesBegin;
            attributesEnd = point.end();
          }
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
      int document = document(attributesBegin, attributesEnd);
      row(time, count, noUnit, unsignedToDouble(observations), document);
      row(time, sum, unit, total, document);
      extremes(time, min, max, unit, document);
    }

    /// Rows for the first quantiles that are the minimum and the maximum, in their order.
    private void extremes(long time, int min, int max, int unit, int document) {
      boolean hasMin = false;
      boolean hasMax = false;
      point.over(bytes, points.begin(), points.end());
      while (point.next()) {
        if (point.tag() == SummaryDataPoint.QUANTILE_VALUES) {
          double ratio = 0;
          double value = 0;
          quantile.over(bytes, point.begin(), point.end());
          while (quantile.next()) {
            switch (quantile.tag()) {
              case ValueAtQuantile.QUANTILE -> ratio = quantile.asDouble();
              case ValueAtQuantile.VALUE -> value = quantile.asDouble();
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
    private int document(int begin, int end) {
      long kind =
          metric.kind() | (metric.isMonotonic() ? 1L << 32 : 0) | (long) metric.temporality() << 33;
      int known = documents.find(begin, end, 0, 0, kind);
      if (known >= 0) {
        return known;
      }
      json.beginObject();
      if (metric.kind() == Metric.SUMMARY) {
        scratch.attributes.addAll(bytes, begin, end, SummaryDataPoint.ATTRIBUTES, false);
      } else {
        scratch.attributes.addAll(bytes, begin, end, NumberDataPoint.ATTRIBUTES, false);
        if (metric.kind() == Metric.SUM) {
          json.key(TEMPORALITY);
          json.value(metric.temporality());
          json.key(MONOTONIC);
          json.value(metric.isMonotonic());
        }
        json.key(KIND);
        json.text(metric.kind() == Metric.SUM ? SUM : GAUGE);
      }
      json.end();
      scratch.budget.take(json.length());
      int made = properties.intern(json.document(), 0, json.length());
      documents.put(made);
      return made;
    }
  }
}
