package micromegas.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import micromegas.tracing.spi.BlockSampler;
import micromegas.tracing.spi.Recorder;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedSpanEvent;
import org.junit.jupiter.api.Test;

/// What agents need: telemetry that gives way, contexts without a task to run.
class HandoverTest {
  private static final SpanSite SPAN = Sites.here().span("span");
  private static final NamedSpanSite NAMED = Sites.here().namedSpan();
  private static final AsyncSpanSite OUTER = Sites.here().asyncSpan("outer");
  private static final AsyncSpanSite INNER = Sites.here().asyncSpan("inner");

  private static TelemetryBuilder quiet(MemorySink sink) {
    return Telemetry.builder()
        .sink(sink)
        .spans(true)
        .consoleLevels(LevelFilter.OFF)
        .jvmPeriod(Duration.ZERO)
        .shutdownHook(false);
  }

  @Test
  void telemetryOfTheApplicationReplacesOneThatGivesWay() {
    MemorySink agents = new MemorySink();
    MemorySink own = new MemorySink();
    Telemetry early = quiet(agents).givesWay(true).start();
    SPAN.enter().close();
    try (Telemetry telemetry = quiet(own).start()) {
      assertThat(telemetry).isNotSameAs(early);
      assertThat(Telemetry.running()).contains(telemetry);
      SPAN.enter().close();
      early.close(); // waits until what it had is handed over
      assertThat(Telemetry.running()).contains(telemetry);
      telemetry.flush(Duration.ofSeconds(1));
    }
    assertThat(agents.spans().values()).singleElement().asList().hasSize(2);
    assertThat(own.spans().values()).singleElement().asList().hasSize(2);
  }

  @Test
  void aStartThatFailsTakesNothingAway() {
    MemorySink agents = new MemorySink();
    try (Telemetry early = quiet(agents).givesWay(true).start()) {
      assertThatThrownBy(() -> quiet(new MemorySink()).sampler("sometimes").start())
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(Telemetry.running()).contains(early);
      SPAN.enter().close();
      early.flush(Duration.ofSeconds(5));
      assertThat(agents.spans().values()).singleElement().asList().hasSize(2);
    }
  }

  @Test
  void anApplicationWithASamplerOfItsOwnGetsIt() {
    try (Telemetry early = quiet(new MemorySink()).givesWay(true).start();
        Telemetry own = Telemetry.builder().sampler(BlockSampler.off()).start()) {
      assertThat(own).isNotSameAs(early);
    }
  }

  @Test
  void anApplicationWithoutSettingsOfItsOwnGetsTheOneThatRuns() {
    try (Telemetry early = quiet(new MemorySink()).givesWay(true).start()) {
      assertThat(Telemetry.startFromEnvironment()).isSameAs(early);
    }
    assertThat(Telemetry.running()).isEmpty();
  }

  @Test
  void aContextIsEnteredAndLeft() {
    MemorySink sink = new MemorySink();
    try (Telemetry telemetry = quiet(sink).start()) {
      AsyncSpan outer = OUTER.begin();
      SpanContext.Attached scope = outer.context().attach();
      assertThat(SpanContext.currentId()).isEqualTo(outer.id());
      int left = NAMED.begin(Name.of("left open"));
      assertThat(left).isPositive();
      INNER.begin().end();
      scope.close();
      assertThat(SpanContext.currentId()).isZero();
      Recorder.end(left); // was ended with the scope
      outer.end();
      telemetry.flush(Duration.ofSeconds(1));
      assertThat(sink.spans().values().iterator().next())
          .filteredOn(RecordedSpanEvent::isBegin)
          .extracting(RecordedSpanEvent::name, RecordedSpanEvent::parent)
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple("HandoverTest::outer", 0L),
              org.assertj.core.groups.Tuple.tuple("left open", 0L),
              org.assertj.core.groups.Tuple.tuple("HandoverTest::inner", outer.id()));
    }
    assertThat(StreamValidator.validate(sink.process().orElseThrow(), sink.blocks())).isEmpty();
  }

  @Test
  void aThreadBeginsWithTheContextItWasGiven() throws InterruptedException {
    try (Telemetry telemetry = quiet(new MemorySink()).start()) {
      AtomicReference<Long> seen = new AtomicReference<>();
      AsyncSpan outer = OUTER.begin();
      Thread given = new Thread(() -> seen.set(SpanContext.currentId()));
      outer.context().giveTo(given);
      given.start();
      given.join();
      assertThat(seen.get()).isEqualTo(outer.id());
      Thread other = new Thread(() -> seen.set(SpanContext.currentId()));
      other.start();
      other.join();
      assertThat(seen.get()).isZero();
      outer.end();
    }
  }
}
