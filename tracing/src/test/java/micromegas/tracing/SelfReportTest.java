package micromegas.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import micromegas.tracing.clock.ProcessClock;
import micromegas.tracing.clock.TickClock;
import micromegas.tracing.record.Chunk;
import micromegas.tracing.record.Engine;
import micromegas.tracing.record.Limits;
import micromegas.tracing.record.Loss;
import micromegas.tracing.record.Recording;
import micromegas.tracing.record.Signals;
import micromegas.tracing.site.Site;
import micromegas.tracing.site.SiteTable;
import micromegas.tracing.spi.EventSink;
import micromegas.tracing.uplink.Uplink;
import micromegas.tracing.uplink.UplinkSettings;
import micromegas.transit.EventRecords;
import micromegas.transit.LittleEndian;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Losses are told even when there is no memory to tell them, later and once.
class SelfReportTest {
  private static final Log LOG = Log.of("self.report");
  private static final String TEXT = "x".repeat(1_000);
  private static final int VALUE_AT = 17;
  private static final Signals NOBODY =
      new Signals() {
        @Override
        public void chunkFull() {}

        @Override
        public void severe() {}
      };

  private final Engine engine =
      new Engine(new Limits(256 << 10, 100, 64 << 10, 1 << 20, 1 << 20), NOBODY);
  private final SelfReport report =
      new SelfReport(
          engine,
          new Uplink(UplinkSettings.DEFAULTS),
          List.of(),
          ProcessClock.start(Clock.systemUTC()),
          Clock.systemUTC());

  @AfterEach
  void stop() {
    Recording.uninstall(engine);
    LogFilters.clear();
  }

  @Test
  void whatFindsNoMemoryIsToldWithTheNextReport() {
    assertThat(Recording.install(engine, false, false)).isTrue();
    LogFilters.set(LevelFilter.of(Level.TRACE), List.of());
    loseLogs(3);
    report.run();
    assertThat(report.isQuiet()).isFalse();
    assertThat(told()).isEqualTo(engine.losses().count(Loss.LOGS)).isPositive();
    report.run();
    assertThat(report.isQuiet()).isTrue();
    assertThat(told()).isZero();
    // Now the reserve of reports is gone too.
    while (engine.report(1, null, 1)) {
      assertThat(engine.pool().inUse()).isLessThan(1 << 20);
    }
    long before = engine.losses().count(Loss.LOGS);
    loseLogs(5);
    report.run();
    loseLogs(7);
    report.run();
    assertThat(report.isQuiet()).isFalse();
    engine.metrics().detach(1).forEach(this::give);
    report.run();
    assertThat(told()).isEqualTo(engine.losses().count(Loss.LOGS) - before).isEqualTo(12);
    report.run();
    assertThat(report.isQuiet()).isTrue();
    assertThat(engine.losses().count(Loss.METRICS)).isZero();
  }

  /// A server that is away would lose what tells of losses.
  @Test
  void lossesAreToldWhenTheyCanArrive() {
    assertThat(Recording.install(engine, false, false)).isTrue();
    AtomicBoolean failing = new AtomicBoolean(true);
    EventSink sink =
        new EventSink() {
          @Override
          public boolean isFailing() {
            return failing.get();
          }
        };
    SelfReport patient =
        new SelfReport(
            engine,
            new Uplink(UplinkSettings.DEFAULTS),
            List.of(sink),
            ProcessClock.start(Clock.systemUTC()),
            Clock.systemUTC());
    engine.losses().add(Loss.SPANS);
    patient.run();
    assertThat(told()).isZero();
    engine.losses().add(Loss.SPANS);
    failing.set(false);
    patient.run();
    assertThat(told()).isEqualTo(2);
    failing.set(true);
    engine.losses().add(Loss.SPANS);
    patient.end(); // now or never
    patient.run();
    assertThat(patient.isQuiet()).isFalse();
    assertThat(told()).isEqualTo(1);
  }

  /// The wall clock is set, or the machine slept while ticks stood still: times of events go on
  /// without a jump, and the metric tells by how much the wall is away.
  @Test
  void jumpsOfTheWallClockAreToldAndChangeNoTimes() {
    assertThat(Recording.install(engine, false, true)).isTrue();
    ProcessClock clock = ProcessClock.start(Clock.systemUTC());
    for (Duration jump : List.of(Duration.ofHours(10), Duration.ofDays(-400))) {
      long now = TickClock.now();
      Instant before = clock.time(now);
      SelfReport jumped =
          new SelfReport(
              engine,
              new Uplink(UplinkSettings.DEFAULTS),
              List.of(),
              clock,
              Clock.offset(Clock.systemUTC(), jump));
      jumped.run();
      assertThat(clock.time(now)).isEqualTo(before);
      // A minute for what the machine does meanwhile.
      assertThat(offsets())
          .singleElement()
          .satisfies(nanos ->
              assertThat(Duration.ofNanos(nanos).minus(jump).abs())
                  .isLessThan(Duration.ofMinutes(1)));
    }
  }

  private List<Long> offsets() {
    long offset =
        SiteTable.process()
            .id(
                new Site.Metric(
                    "clock_offset_ns",
                    "nanoseconds",
                    "micromegas.tracing",
                    "",
                    0,
                    Verbosity.MIN.wireValue()));
    List<Long> values = new ArrayList<>();
    for (Chunk chain : engine.metrics().detach(1)) {
      assertThat(chain.next()).isNull();
      for (int at = 0; at < chain.published(); at += EventRecords.METRIC_BYTES) {
        byte type = chain.bytes()[at]; // what is negative is a float
        assertThat(type).isIn(EventRecords.INTEGER_METRIC, EventRecords.FLOAT_METRIC);
        if (LittleEndian.getLong(chain.bytes(), at + 1) == offset) {
          long bits = LittleEndian.getLong(chain.bytes(), at + 9);
          boolean isFloat = type == EventRecords.FLOAT_METRIC;
          values.add(isFloat ? (long) Double.longBitsToDouble(bits) : bits);
        }
      }
      give(chain);
    }
    return values;
  }

  /// Writes errors until memory has run out for them, and then so many more.
  private void loseLogs(int more) {
    long lost = engine.losses().count(Loss.LOGS);
    while (engine.losses().count(Loss.LOGS) < lost + more) {
      LOG.error(TEXT);
    }
  }

  private long told() {
    long sum = 0;
    for (Chunk chain : engine.metrics().detach(1)) {
      for (Chunk chunk = chain; chunk != null; chunk = chunk.next()) {
        for (int at = 0; at < chunk.published(); at += EventRecords.TAGGED_METRIC_BYTES) {
          assertThat(chunk.bytes()[at]).isEqualTo(EventRecords.TAGGED_INTEGER_METRIC);
          sum += LittleEndian.getLong(chunk.bytes(), at + VALUE_AT);
        }
      }
      give(chain);
    }
    return sum;
  }

  private void give(Chunk chain) {
    for (Chunk chunk = chain; chunk != null; ) {
      Chunk next = chunk.next();
      engine.pool().give(chunk);
      chunk = next;
    }
  }
}
