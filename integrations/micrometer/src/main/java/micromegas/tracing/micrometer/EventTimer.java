package micromegas.tracing.micrometer;

import io.micrometer.core.instrument.AbstractTimer;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.TimeWindowMax;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import micromegas.tracing.FloatMetric;
import micromegas.tracing.PropertySet;

/// A timer each duration of which is a sample, in seconds. Thread-safe; makes no object per sample.
final class EventTimer extends AbstractTimer implements EventMeter {
  private static final double NANOS = 1e9;

  private final FloatMetric metric;
  private final PropertySet properties;
  private final LongAdder count = new LongAdder();
  private final LongAdder totalNanos = new LongAdder();
  private final TimeWindowMax max;

  EventTimer(
      Meter.Id id,
      Clock clock,
      DistributionStatisticConfig distribution,
      PauseDetector pauseDetector,
      String target) {
    // No histogram: every sample is there.
    super(id, clock, DistributionStatisticConfig.NONE, pauseDetector, TimeUnit.SECONDS, false);
    this.metric = Series.floats(id, "", Series.SECONDS, target);
    this.properties = Series.properties(id);
    this.max = new TimeWindowMax(clock, distribution);
  }

  @Override
  protected void recordNonNegative(long amount, TimeUnit unit) {
    long nanos = unit.toNanos(amount);
    metric.record(nanos / NANOS, properties);
    count.increment();
    totalNanos.add(nanos);
    max.record(nanos, TimeUnit.NANOSECONDS);
  }

  /// All samples so far.
  @Override
  public long count() {
    return count.sum();
  }

  /// Of all samples so far.
  @Override
  public double totalTime(TimeUnit unit) {
    return (double) totalNanos.sum() / unit.toNanos(1);
  }

  @Override
  public double max(TimeUnit unit) {
    return max.poll(unit);
  }
}
