package micromegas.tracing.micrometer;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.NamingConvention;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.step.StepMeterRegistry;
import io.micrometer.core.instrument.util.NamedThreadFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import micromegas.tracing.Log;
import micromegas.tracing.Telemetry;

/// A Micrometer registry whose meters become rows of `measures`: the name of the meter, with tags
/// as properties (`name`, `unit` and `target` with the prefix `tag.`), in one of two modes.
///
/// *Step*, the default: every 10 s gauges as they are; counters as what was added since the last
/// step; timers and summaries as `.count`, `.total` and `.max` of the step, in seconds or the base
/// unit. What had no samples in a step says nothing, gauges that are no finite number neither.
///
/// *Event*, for the meters that [MicromegasRegistryConfig#isEvents] names: each `record` or
/// `increment` is one row, so that SQL computes any percentile, of any group, after the fact; costs
/// 25 to 33 bytes and one clock reading per sample.
///
/// ```java
/// MeterRegistry registry = new MicromegasMeterRegistry(MicromegasRegistryConfig.DEFAULT);
/// ```
///
/// Samples go to the telemetry that runs at that moment, and nowhere while none does. Thread-safe.
public final class MicromegasMeterRegistry extends StepMeterRegistry {
  private static final Log LOG = Log.of("micromegas.tracing.micrometer");

  private final MicromegasRegistryConfig config;
  private final Map<Meter.Id, StepSamples> samples = new ConcurrentHashMap<>();

  /// Starts at once.
  public MicromegasMeterRegistry(MicromegasRegistryConfig config) {
    this(config, Clock.SYSTEM);
  }

  /// Starts at once, with a clock of its own.
  public MicromegasMeterRegistry(MicromegasRegistryConfig config, Clock clock) {
    super(config, clock);
    this.config = config;
    config().namingConvention(NamingConvention.identity);
    config().onMeterRemoved(meter -> samples.remove(meter.getId()));
    start(new NamedThreadFactory("micromegas-micrometer"));
  }

  @Override
  protected Counter newCounter(Meter.Id id) {
    return config.isEvents(id) ? new EventCounter(id, config.target()) : super.newCounter(id);
  }

  @Override
  protected Timer newTimer(
      Meter.Id id, DistributionStatisticConfig distribution, PauseDetector pauseDetector) {
    return config.isEvents(id)
        ? new EventTimer(id, clock, distribution, pauseDetector, config.target())
        : super.newTimer(id, distribution, pauseDetector);
  }

  @Override
  protected DistributionSummary newDistributionSummary(
      Meter.Id id, DistributionStatisticConfig distribution, double scale) {
    return config.isEvents(id)
        ? new EventSummary(id, clock, distribution, scale, config.target())
        : super.newDistributionSummary(id, distribution, scale);
  }

  /// Records the last complete step of all meters.
  @Override
  protected void publish() {
    if (Telemetry.running().isEmpty()) {
      return;
    }
    for (Meter meter : getMeters()) {
      if (!(meter instanceof EventMeter)) {
        publish(meter);
      }
    }
  }

  private void publish(Meter meter) {
    StepSamples of =
        samples.computeIfAbsent(meter.getId(), id -> new StepSamples(id, config.target()));
    try {
      of.record(meter, getBaseTimeUnit());
    } catch (RuntimeException e) { // of a function of the application
      if (of.failsFirst()) {
        LOG.warn("meter {} cannot be read", meter.getId().getName(), e);
      }
    }
  }

  @Override
  protected TimeUnit getBaseTimeUnit() {
    return TimeUnit.SECONDS;
  }
}
