package micromegas.tracing.opentelemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.ExponentialHistogramPointData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.metrics.data.SummaryPointData;
import io.opentelemetry.sdk.metrics.data.ValueAtQuantile;
import io.opentelemetry.sdk.metrics.export.AggregationTemporalitySelector;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import java.util.Collection;
import micromegas.tracing.PropertySet;
import micromegas.tracing.Sites;
import micromegas.tracing.Telemetry;
import org.jspecify.annotations.Nullable;

/// Records data points of the SDK as native metrics, at the time of the export, with the name of
/// the instrumentation scope as target.
///
/// Gauges and sums become one sample per data point; counters are asked for as the change since the
/// last export, so that a sum over rows is the total. A histogram or a summary becomes up to four
/// samples of doubles, as servers make them of summaries: `<name>_count`, `<name>_sum`,
/// `<name>_min` and `<name>_max`. Its buckets are dropped: raw samples
/// ([micromegas.tracing.FloatMetric]) give exact percentiles. Without telemetry everything is
/// dropped. Thread-safe.
public final class MicromegasMetricExporter implements MetricExporter {
  private static final AggregationTemporalitySelector TEMPORALITY =
      AggregationTemporalitySelector.deltaPreferred();

  private final OpenExporters.Registration open = OpenExporters.process().register();
  private final AttributeSets sets = new AttributeSets();

  @Override
  public AggregationTemporality getAggregationTemporality(InstrumentType instrument) {
    return TEMPORALITY.getAggregationTemporality(instrument);
  }

  @Override
  public CompletableResultCode export(@Nullable Collection<MetricData> metrics) {
    if (metrics == null) {
      return CompletableResultCode.ofSuccess();
    }
    if (Telemetry.running().isPresent()) {
      for (MetricData metric : metrics) {
        Sites sites = Sites.of(metric.getInstrumentationScopeInfo().getName(), "", 0);
        for (PointData point : metric.getData().getPoints()) {
          record(sites, metric, point);
        }
      }
    }
    return CompletableResultCode.ofSuccess();
  }

  private void record(Sites sites, MetricData metric, PointData point) {
    String name = metric.getName();
    String unit = metric.getUnit();
    PropertySet set = set(point.getAttributes());
    if (point instanceof LongPointData value) {
      sites.intMetric(name, unit).record(value.getValue(), set);
    } else if (point instanceof DoublePointData value) {
      sites.floatMetric(name, unit).record(value.getValue(), set);
    } else if (point instanceof HistogramPointData value) {
      total(sites, metric, value.getCount(), value.getSum(), set);
      if (value.hasMin() && value.hasMax()) {
        extremes(sites, metric, value.getMin(), value.getMax(), set);
      }
    } else if (point instanceof ExponentialHistogramPointData value) {
      total(sites, metric, value.getCount(), value.getSum(), set);
      if (value.hasMin() && value.hasMax()) {
        extremes(sites, metric, value.getMin(), value.getMax(), set);
      }
    } else if (point instanceof SummaryPointData value) {
      total(sites, metric, value.getCount(), value.getSum(), set);
      for (ValueAtQuantile quantile : value.getValues()) {
        if (quantile.getQuantile() == 0) {
          sites.floatMetric(name + "_min", unit).record(quantile.getValue(), set);
        } else if (quantile.getQuantile() == 1) {
          sites.floatMetric(name + "_max", unit).record(quantile.getValue(), set);
        }
      }
    }
  }

  private static void total(
      Sites sites, MetricData metric, long count, double sum, PropertySet set) {
    sites.floatMetric(metric.getName() + "_count", "count").record(count, set);
    sites.floatMetric(metric.getName() + "_sum", metric.getUnit()).record(sum, set);
  }

  private static void extremes(
      Sites sites, MetricData metric, double min, double max, PropertySet set) {
    sites.floatMetric(metric.getName() + "_min", metric.getUnit()).record(min, set);
    sites.floatMetric(metric.getName() + "_max", metric.getUnit()).record(max, set);
  }

  private PropertySet set(Attributes attributes) {
    return sets.recurring(attributes);
  }

  @Override
  public CompletableResultCode flush() {
    return Session.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    CompletableResultCode sent = Session.flush();
    open.end();
    return sent;
  }

  @Override
  public String toString() {
    return "MicromegasMetricExporter";
  }
}
