package micromegas.tracing.micrometer;

import io.micrometer.core.instrument.AbstractMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import java.util.concurrent.atomic.DoubleAdder;
import micromegas.tracing.FloatMetric;
import micromegas.tracing.PropertySet;

/// A counter each increment of which is a sample. Thread-safe; makes no object per increment.
final class EventCounter extends AbstractMeter implements Counter, EventMeter {
  private final FloatMetric metric;
  private final PropertySet properties;
  private final DoubleAdder count = new DoubleAdder();

  EventCounter(Meter.Id id, String target) {
    super(id);
    this.metric = Series.floats(id, "", Series.unit(id, Series.COUNT), target);
    this.properties = Series.properties(id);
  }

  @Override
  public void increment(double amount) {
    metric.record(amount, properties);
    count.add(amount);
  }

  /// All increments so far.
  @Override
  public double count() {
    return count.sum();
  }
}
