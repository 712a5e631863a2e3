package micromegas.tracing.micrometer;

import io.micrometer.core.instrument.AbstractDistributionSummary;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.TimeWindowMax;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import micromegas.tracing.FloatMetric;
import micromegas.tracing.PropertySet;

/// A distribution summary each amount of which is a sample. Thread-safe; makes no object per
/// sample.
final class EventSummary extends AbstractDistributionSummary implements EventMeter {
  private final FloatMetric metric;
  private final PropertySet properties;
  private final LongAdder count = new LongAdder();
  private final DoubleAdder total = new DoubleAdder();
  private final TimeWindowMax max;

  EventSummary(
      Meter.Id id,
      Clock clock,
      DistributionStatisticConfig distribution,
      double scale,
      String target) {
    super(id, clock, DistributionStatisticConfig.NONE, scale, false);
    this.metric = Series.floats(id, "", Series.unit(id, ""), target);
    this.properties = Series.properties(id);
    this.max = new TimeWindowMax(clock, distribution);
  }

  @Override
  protected void recordNonNegative(double amount) {
    metric.record(amount, properties);
    count.increment();
    total.add(amount);
    max.record(amount);
  }

  /// All samples so far.
  @Override
  public long count() {
    return count.sum();
  }

  /// Of all samples so far.
  @Override
  public double totalAmount() {
    return total.sum();
  }

  @Override
  public double max() {
    return max.poll();
  }
}
