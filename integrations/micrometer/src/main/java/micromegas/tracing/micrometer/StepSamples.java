package micromegas.tracing.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import micromegas.tracing.FloatMetric;
import micromegas.tracing.PropertySet;

/// What is recorded of a meter at the end of a step. Used by the publishing thread.
final class StepSamples {
  private final Meter.Id id;
  private final String target;
  private final PropertySet properties;
  private final Map<String, FloatMetric> metrics = new HashMap<>();
  private boolean failed;

  StepSamples(Meter.Id id, String target) {
    this.id = id;
    this.target = target;
    this.properties = Series.properties(id);
  }

  /// Whether this is its first failure.
  boolean failsFirst() {
    boolean first = !failed;
    failed = true;
    return first;
  }

  /// @param seconds the base unit of time
  void record(Meter meter, TimeUnit seconds) {
    if (meter instanceof TimeGauge gauge) {
      sample("", Series.SECONDS, gauge.value(seconds));
    } else if (meter instanceof Gauge gauge) {
      sample("", Series.unit(id, ""), gauge.value());
    } else if (meter instanceof Counter counter) {
      added(counter.count());
    } else if (meter instanceof FunctionCounter counter) {
      added(counter.count());
    } else if (meter instanceof Timer timer) {
      summary(timer.count(), timer.totalTime(seconds), timer.max(seconds), Series.SECONDS);
    } else if (meter instanceof DistributionSummary summary) {
      summary(summary.count(), summary.totalAmount(), summary.max(), Series.unit(id, ""));
    } else if (meter instanceof LongTaskTimer timer) {
      sample(".active", Series.COUNT, timer.activeTasks());
      sample(".duration", Series.SECONDS, timer.duration(seconds));
      sample(".max", Series.SECONDS, timer.max(seconds));
    } else if (meter instanceof FunctionTimer timer) {
      if (timer.count() != 0) {
        sample(".count", Series.COUNT, timer.count());
        sample(".total", Series.SECONDS, timer.totalTime(seconds));
      }
    } else {
      for (Measurement measurement : meter.measure()) {
        String statistic = measurement.getStatistic().getTagValueRepresentation();
        sample("." + statistic, Series.unit(id, ""), measurement.getValue());
      }
    }
  }

  private void added(double count) {
    if (count != 0) {
      sample("", Series.unit(id, Series.COUNT), count);
    }
  }

  private void summary(long count, double total, double max, String unit) {
    if (count != 0) {
      sample(".count", Series.COUNT, count);
      sample(".total", unit, total);
      sample(".max", unit, max);
    }
  }

  private void sample(String suffix, String unit, double value) {
    if (Double.isFinite(value)) {
      metrics
          .computeIfAbsent(suffix, name -> Series.floats(id, name, unit, target))
          .record(value, properties);
    }
  }
}
