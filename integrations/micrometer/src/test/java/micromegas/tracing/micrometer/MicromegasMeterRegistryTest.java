package micromegas.tracing.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.management.ThreadMXBean;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Telemetry;
import micromegas.tracing.TelemetryBuilder;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testing.RecordedMetric;
import org.junit.jupiter.api.Test;

/// Meters of Micrometer, and the samples they become.
class MicromegasMeterRegistryTest {
  private static final Duration STEP = Duration.ofSeconds(10);

  private final MockClock clock = new MockClock();
  private final MemorySink sink = new MemorySink();

  private TelemetryBuilder telemetry() {
    return Telemetry.builder()
        .sink(sink)
        .consoleLevels(LevelFilter.OFF)
        .jvmPeriod(Duration.ZERO)
        .shutdownHook(false);
  }

  /// A registry that publishes when the test says so.
  private MicromegasMeterRegistry registry(Map<String, String> settings) {
    Map<String, String> all = new TreeMap<>(settings);
    all.put("micromegas.enabled", "false");
    return new MicromegasMeterRegistry(all::get, clock);
  }

  private Map<String, Double> values() {
    Map<String, Double> values = new TreeMap<>();
    for (RecordedMetric metric : samples()) {
      values.put(metric.name() + " " + metric.unit(), metric.value());
    }
    return values;
  }

  private List<RecordedMetric> samples() {
    return sink.metrics().stream().filter(metric -> metric.target().equals("micrometer")).toList();
  }

  @Test
  void everyKindOfMeterIsReadOncePerStep() {
    MicromegasMeterRegistry registry = registry(Map.of());
    Counter counter = Counter.builder("orders").register(registry);
    Timer timer = Timer.builder("latency").register(registry);
    DistributionSummary summary =
        DistributionSummary.builder("size").baseUnit("bytes").register(registry);
    Gauge.builder("queue", () -> 17).baseUnit("orders").register(registry);
    TimeGauge.builder("age", () -> 1500, TimeUnit.MILLISECONDS).register(registry);
    LongTaskTimer task = LongTaskTimer.builder("task").register(registry);
    FunctionCounter.builder("clicks", clock, c -> 5).register(registry);
    FunctionTimer.builder("gc", clock, c -> 2, c -> 3, TimeUnit.SECONDS).register(registry);
    Meter.builder("own", Meter.Type.OTHER, List.of(new Measurement(() -> 9.0, Statistic.DURATION)))
        .register(registry);
    try (Telemetry telemetry = telemetry().start()) {
      counter.increment(2);
      counter.increment();
      timer.record(Duration.ofMillis(250));
      timer.record(Duration.ofMillis(750));
      summary.record(100);
      task.start();
      clock.add(STEP);
      registry.publish();
    }
    assertThat(values())
        .isEqualTo(
            new TreeMap<>(
                Map.ofEntries(
                    Map.entry("orders count", 3.0),
                    Map.entry("latency.count count", 2.0),
                    Map.entry("latency.total seconds", 1.0),
                    Map.entry("latency.max seconds", 0.75),
                    Map.entry("size.count count", 1.0),
                    Map.entry("size.total bytes", 100.0),
                    Map.entry("size.max bytes", 100.0),
                    Map.entry("queue orders", 17.0),
                    Map.entry("age seconds", 1.5),
                    Map.entry("task.active count", 1.0),
                    Map.entry("task.duration seconds", 10.0),
                    Map.entry("task.max seconds", 10.0),
                    Map.entry("clicks count", 5.0),
                    Map.entry("gc.count count", 2.0),
                    Map.entry("gc.total seconds", 3.0),
                    Map.entry("own.duration ", 9.0))));
    registry.close();
  }

  @Test
  void countersGrowByStepAndIdleMetersAreSilent() {
    MicromegasMeterRegistry registry = registry(Map.of());
    Counter counter = registry.counter("orders");
    Timer timer = registry.timer("latency");
    try (Telemetry telemetry = telemetry().start()) {
      for (int added : new int[] {3, 0, 4}) {
        counter.increment(added);
        if (added > 0) {
          timer.record(Duration.ofSeconds(added));
        }
        clock.add(STEP);
        registry.publish();
      }
    }
    assertThat(samples())
        .extracting(RecordedMetric::name, RecordedMetric::value)
        .filteredOn(row -> row.toList().get(0).equals("orders"))
        .extracting(row -> row.toList().get(1))
        .containsExactly(3.0, 4.0);
    assertThat(samples())
        .filteredOn(metric -> metric.name().equals("latency.total"))
        .extracting(RecordedMetric::value)
        .containsExactly(3.0, 4.0);
    registry.close();
  }

  @Test
  void tagsBecomeOneSetOfProperties() {
    MicromegasMeterRegistry registry = registry(Map.of("micromegas.events", "db., http"));
    try (Telemetry telemetry = telemetry().start()) {
      registry.counter("plain", "name", "a", "unit", "b", "target", "c", "zone", "eu").increment();
      registry.timer("http.requests", "name", "x", "uri", "/orders").record(Duration.ofMillis(20));
      clock.add(STEP);
      registry.publish();
    }
    assertThat(samples()).hasSize(2);
    RecordedMetric event = samples().get(0);
    assertThat(event.name()).isEqualTo("http.requests");
    assertThat(event.properties()).isEqualTo(Map.of("tag.name", "x", "uri", "/orders"));
    RecordedMetric step = samples().get(1);
    assertThat(step.name()).isEqualTo("plain");
    assertThat(step.target()).isEqualTo("micrometer");
    assertThat(step.properties())
        .isEqualTo(Map.of("tag.name", "a", "tag.unit", "b", "tag.target", "c", "zone", "eu"));
    registry.close();
  }

  @Test
  void inEventModeEachSampleIsRecorded() {
    MicromegasMeterRegistry registry = registry(Map.of("micromegas.events", "*"));
    Timer timer = Timer.builder("latency").publishPercentileHistogram().register(registry);
    DistributionSummary summary =
        DistributionSummary.builder("size").baseUnit("bytes").scale(2).register(registry);
    Counter counter = registry.counter("orders");
    try (Telemetry telemetry = telemetry().start()) {
      timer.record(5, TimeUnit.MILLISECONDS);
      timer.record(Duration.ofSeconds(7));
      timer.record(-1, TimeUnit.SECONDS);
      summary.record(100);
      counter.increment();
      counter.increment(2.5);
      clock.add(STEP);
      registry.publish();
    }
    assertThat(samples())
        .extracting(metric -> metric.name() + " " + metric.value() + " " + metric.unit())
        .containsExactly(
            "latency 0.005 seconds",
            "latency 7.0 seconds",
            "size 200.0 bytes",
            "orders 1.0 count",
            "orders 2.5 count");
    assertThat(timer.count()).isEqualTo(2);
    assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(7005);
    assertThat(timer.max(TimeUnit.SECONDS)).isEqualTo(7);
    assertThat(summary.totalAmount()).isEqualTo(200);
    assertThat(counter.count()).isEqualTo(3.5);
    registry.close();
  }

  @Test
  void theExampleOfTheText() {
    try (Telemetry telemetry = telemetry().start()) {
      // example: micrometer
      Map<String, String> settings =
          Map.of("micromegas.step", "10s", "micromegas.events", "http.server, db.");
      MeterRegistry registry = new MicromegasMeterRegistry(settings::get);
      registry.counter("orders", "zone", "eu").increment(); // every 10 s what was added
      registry.timer("db.query", "table", "orders").record(Duration.ofMillis(3)); // each sample
      // end
      registry.close();
    }
    assertThat(samples())
        .extracting(RecordedMetric::name, RecordedMetric::value, RecordedMetric::properties)
        .containsExactly(
            tuple("db.query", 0.003, Map.of("table", "orders")),
            tuple("orders", 1.0, Map.of("zone", "eu")));
  }

  @Test
  void aMeterThatFailsDoesNotHideItsNeighbours() {
    MicromegasMeterRegistry registry = registry(Map.of());
    Iterable<Measurement> broken =
        () -> {
          throw new IllegalStateException("broken");
        };
    Meter.builder("a.broken", Meter.Type.OTHER, broken).register(registry);
    Gauge.builder("b.nan", () -> Double.NaN).register(registry);
    Gauge.builder("c.infinite", () -> Double.POSITIVE_INFINITY).register(registry);
    Gauge.builder("d.negative", () -> -3).register(registry);
    try (Telemetry telemetry = telemetry().start()) {
      registry.publish();
      registry.publish();
    }
    assertThat(samples())
        .extracting(RecordedMetric::name, RecordedMetric::value)
        .containsExactly(tuple("d.negative", -3.0), tuple("d.negative", -3.0));
    assertThat(sink.logs())
        .extracting(RecordedLog::text)
        .singleElement()
        .asString()
        .startsWith("meter a.broken cannot be read\njava.lang.IllegalStateException: broken");
    registry.close();
  }

  @Test
  void theLastStepIsPublishedAtTheClose() {
    MicromegasMeterRegistry registry =
        new MicromegasMeterRegistry(Map.of("micromegas.step", "1h")::get, clock);
    try (Telemetry telemetry = telemetry().start()) {
      registry.counter("orders").increment(7);
      registry.close();
    }
    assertThat(values()).isEqualTo(Map.of("orders count", 7.0));
  }

  @Test
  void withoutTelemetryNothingHappens() {
    MicromegasMeterRegistry registry = registry(Map.of("micromegas.events", "latency"));
    registry.counter("orders").increment();
    registry.timer("latency").record(Duration.ofSeconds(1));
    clock.add(STEP);
    registry.publish();
    registry.close();
    assertThat(sink.blocks()).isEmpty();
  }

  @Test
  void removedMetersAreForgotten() {
    MicromegasMeterRegistry registry = registry(Map.of());
    Gauge gauge = Gauge.builder("queue", () -> 1).register(registry);
    try (Telemetry telemetry = telemetry().start()) {
      registry.publish();
      registry.remove(gauge);
      registry.publish();
    }
    assertThat(samples()).hasSize(1);
    registry.close();
  }

  @Test
  void settingsHaveDefaults() {
    MicromegasRegistryConfig config = MicromegasRegistryConfig.DEFAULT;
    assertThat(config.step()).isEqualTo(STEP);
    assertThat(config.target()).isEqualTo("micrometer");
    assertThat(config.isEvents(null)).isFalse();
    assertThat(config.validate().isValid()).isTrue();
  }

  @Test
  void anEventMakesNoObjects() {
    MicromegasMeterRegistry registry = registry(Map.of("micromegas.events", "*"));
    Timer timer = registry.timer("latency", "uri", "/orders");
    Counter counter = registry.counter("orders", "zone", "eu");
    DistributionSummary summary = registry.summary("size");
    ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    try (Telemetry telemetry = telemetry().chunkBytes(64 << 20).start()) {
      for (int round = 0; round < 10; round++) {
        long before = bean.getThreadAllocatedBytes(self);
        for (int i = 0; i < 20_000; i++) {
          timer.record(i, TimeUnit.MICROSECONDS);
          counter.increment();
          summary.record(i);
        }
        least = Math.min(least, bean.getThreadAllocatedBytes(self) - before);
        telemetry.flush(Duration.ofSeconds(5));
        sink.clear();
      }
    }
    assertThat(least).isLessThan(20_000); // less than one byte for three samples
    registry.close();
  }
}
