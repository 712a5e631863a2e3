package micromegas.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedSpanEvent;
import micromegas.transit.StreamInfo;
import org.junit.jupiter.api.Test;

/// Streams whose spans happened before they are recorded.
class PastStreamsTest {
  private static final NamedSpanSite PAUSE = Sites.here().namedSpan();
  private static final SpanSite FIXED = Sites.here().span("fixed");

  private static Telemetry start(MemorySink sink) {
    return Telemetry.builder()
        .sink(sink)
        .spans(true)
        .consoleLevels(LevelFilter.OFF)
        .jvmPeriod(Duration.ZERO)
        .shutdownHook(false)
        .start();
  }

  private static List<String> violations(MemorySink sink) {
    return StreamValidator.validate(sink.process().orElseThrow(), sink.blocks());
  }

  @Test
  void spansKeepTheTicksTheyAreToldAndTheirStreamIsNamed() {
    MemorySink sink = new MemorySink();
    long now = Ticks.now();
    try (Telemetry telemetry = start(sink)) {
      PastSpans stream = PastSpans.open("jvm-gc", 7).orElseThrow();
      assertThat(stream.begin(PAUSE, Name.of("G1 Pause"), now)).isTrue();
      assertThat(stream.begin(FIXED, now + 10)).isTrue();
      stream.end(now + 20);
      stream.end(now + 30);
      stream.end(now + 40); // nothing is open
      telemetry.flush(Duration.ofSeconds(1));
    }
    assertThat(violations(sink)).isEmpty();
    StreamInfo stream = sink.streams().get(0);
    assertThat(stream.tags()).containsExactly("cpu");
    assertThat(stream.properties()).isEqualTo(Map.of("thread-name", "jvm-gc", "thread-id", "7"));
    List<RecordedSpanEvent> events = sink.spans().get(stream.streamId());
    assertThat(events)
        .extracting(RecordedSpanEvent::name)
        .containsExactly(
            "G1 Pause", "PastStreamsTest::fixed", "PastStreamsTest::fixed", "G1 Pause");
    assertThat(events)
        .extracting(RecordedSpanEvent::ticks)
        .containsExactly(now, now + 10, now + 20, now + 30);
  }

  @Test
  void whateverIsToldTheStreamIsWellFormedOverBlocks() {
    MemorySink sink = new MemorySink();
    long now = Ticks.now();
    try (Telemetry telemetry = start(sink)) {
      PastSpans stream = PastSpans.open("odd\0name", -1).orElseThrow();
      for (int i = 0; i < 20_000; i++) {
        stream.begin(PAUSE, Name.of("n" + i % 50), now + i - i % 7 * 3L); // goes back now and then
        if (i % 3 != 0) {
          stream.end(now + i);
        }
        if (i % 5_000 == 0) {
          telemetry.flush(Duration.ofSeconds(1));
        }
      }
      stream.close();
      assertThat(stream.depth()).isZero();
      assertThat(stream.begin(FIXED, now)).isFalse();
    }
    assertThat(violations(sink)).isEmpty();
    assertThat(sink.spans()).hasSize(1);
    List<RecordedSpanEvent> events = sink.spans().values().iterator().next();
    assertThat(events.stream().filter(RecordedSpanEvent::isBegin).count() * 2)
        .isEqualTo(events.size());
  }

  @Test
  void aStreamEndsWithItsTelemetry() {
    PastSpans stream;
    MemorySink first = new MemorySink();
    try (Telemetry telemetry = start(first)) {
      stream = PastSpans.open("old", 0).orElseThrow();
      stream.begin(FIXED, Ticks.now());
    }
    assertThat(PastSpans.open("none", 0)).isEmpty();
    MemorySink second = new MemorySink();
    try (Telemetry telemetry = start(second)) {
      assertThat(stream.begin(FIXED, Ticks.now())).isFalse();
      stream.end(Ticks.now());
      telemetry.flush(Duration.ofSeconds(1));
    }
    assertThat(first.spans().values()).hasSize(1);
    Map<UUID, List<RecordedSpanEvent>> none = second.spans();
    assertThat(none).isEmpty();
  }
}
