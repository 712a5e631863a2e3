package micromegas.tracing.jfr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Name;
import micromegas.tracing.NamedSpanSite;
import micromegas.tracing.PastSpans;
import micromegas.tracing.Sites;
import micromegas.tracing.Telemetry;
import micromegas.tracing.Ticks;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedSpanEvent;
import org.junit.jupiter.api.Test;

/// How events become well-formed streams.
class StreamsTest {
  private static final NamedSpanSite SITE = Sites.here().namedSpan();

  private interface Recording {
    void record(PastSpans stream, long now);
  }

  /// Begins and ends of one stream, with ticks since the beginning.
  private static List<String> events(Recording recording) {
    MemorySink sink = new MemorySink();
    long now = Ticks.now();
    try (Telemetry telemetry =
        Telemetry.builder()
            .sink(sink)
            .consoleLevels(LevelFilter.OFF)
            .jvmPeriod(Duration.ZERO)
            .shutdownHook(false)
            .start()) {
      recording.record(PastSpans.open("s", 0).orElseThrow(), now);
    }
    return sink.spans().values().iterator().next().stream().map(event -> text(event, now)).toList();
  }

  private static String text(RecordedSpanEvent event, long origin) {
    return (event.isBegin() ? "+" : "-") + event.name() + " " + (event.ticks() - origin);
  }

  private static NestingWriter writer(PastSpans first) {
    return new NestingWriter(() -> first, SITE, 1);
  }

  @Test
  void spansOfAStreamNest() {
    assertThat(
            events((stream, now) -> {
              NestingWriter writer = writer(stream);
              writer.add(new PastSpan(Name.of("inner"), now + 20, now + 30));
              writer.add(new PastSpan(Name.of("after"), now + 60, now + 70));
              writer.add(new PastSpan(Name.of("outer"), now + 10, now + 50));
              writer.add(new PastSpan(Name.of("crossing"), now + 40, now + 55));
              writer.write();
              writer.add(new PastSpan(Name.of("late"), now + 65, now + 90));
              writer.write();
              writer.close();
            }))
        .containsExactly(
            "+outer 10",
            "+inner 20",
            "-inner 30",
            "+crossing 40",
            "-crossing 50",
            "-outer 50",
            "+after 60",
            "-after 70",
            "+late 70",
            "-late 90");
  }

  @Test
  void spansThatCrossOrComeLateKeepTheirTimesInStreamsOfTheSameName() {
    MemorySink sink = new MemorySink();
    long now = Ticks.now();
    try (Telemetry telemetry =
        Telemetry.builder()
            .sink(sink)
            .consoleLevels(LevelFilter.OFF)
            .jvmPeriod(Duration.ZERO)
            .shutdownHook(false)
            .start()) {
      NestingWriter writer = new NestingWriter(() -> PastSpans.open("s", 0).orElseThrow(), SITE, 3);
      writer.add(new PastSpan(Name.of("young"), now + 50, now + 60));
      writer.add(new PastSpan(Name.of("crossing"), now + 55, now + 70));
      writer.add(new PastSpan(Name.of("inside"), now + 56, now + 58));
      writer.write();
      writer.add(new PastSpan(Name.of("old"), now + 10, now + 100));
      writer.add(new PastSpan(Name.of("part"), now + 20, now + 90));
      writer.add(new PastSpan(Name.of("next"), now + 110, now + 120));
      writer.write();
      writer.add(new PastSpan(Name.of("late"), now + 30, now + 130));
      writer.write();
      writer.close();
    }
    List<List<String>> streams =
        sink.spans().values().stream()
            .map(events -> events.stream().map(event -> text(event, now)).toList())
            .toList();
    assertThat(streams)
        .containsExactlyInAnyOrder(
            List.of("+young 50", "+inside 56", "-inside 58", "-young 60", "+next 110", "-next 120"),
            List.of("+crossing 55", "-crossing 70"),
            List.of("+old 10", "+part 20", "-part 90", "-old 100", "+late 100", "-late 130"));
    assertThat(sink.streams())
        .filteredOn(stream -> "s".equals(stream.properties().get("thread-name")))
        .hasSize(3);
  }

  @Test
  void samplesGoOnInWhatTheyHaveInCommon() {
    assertThat(
            events((stream, now) -> {
              SampledThread thread = new SampledThread(stream, SITE, 20);
              thread.sample(now, List.of("main", "a", "b"));
              thread.sample(now + 21, List.of("main", "a", "c"));
              thread.sample(now + 100, List.of("main", "a", "c"));
              thread.endIfOlder(now + 110);
              thread.endIfOlder(now + 200);
              thread.close();
            }))
        .containsExactly(
            "+main 0",
            "+a 0",
            "+b 0",
            "-b 21",
            "+c 21",
            "-c 41",
            "-a 41",
            "-main 41",
            "+main 100",
            "+a 100",
            "+c 100",
            "-c 120",
            "-a 120",
            "-main 120");
  }

  @Test
  void timesOfTheRecorderBecomeTicks() {
    Instant time = Instant.parse("2026-01-02T03:04:05.123456789Z");
    ClockOffset offset = ClockOffset.of(time, -5);
    long millisecond = Ticks.frequency() / 1_000;
    assertThat(offset.ticks(time)).isEqualTo(-5);
    assertThat(offset.ticks(time.plusMillis(3))).isEqualTo(-5 + 3 * millisecond);
    assertThat(offset.ticks(time.minusMillis(2))).isEqualTo(-5 - 2 * millisecond);
  }

  @Test
  void classesAreNamedAsInSources() {
    assertThat(List.of("[[J", "[Ljava.lang.String;", "a.B$C", "["))
        .map(Classes::readable)
        .containsExactly("long[][]", "java.lang.String[]", "a.B$C", "[");
  }

  @Test
  void hiddenClassesHaveNamesThatStay() {
    assertThat(List.of("a.B$$Lambda.0x0000511c9060", "a.B$$Lambda/0x01+2", "a.B0x1", "a.B"))
        .map(Stacks::typeName)
        .containsExactly("a.B$$Lambda", "a.B$$Lambda", "a.B0x1", "a.B");
  }

  @Test
  void settingsComeFromPropertiesAndTheEnvironment() {
    Map<String, String> properties = Map.of("micromegas.jfr.threshold.millis", "3");
    Map<String, String> environment =
        Map.of("MICROMEGAS_JFR_KINDS", "gc, samples", "MICROMEGAS_JFR_THRESHOLD_MILLIS", "9");
    JfrSettings settings = JfrSettings.read(properties::get, environment::get);
    assertThat(settings.threshold()).isEqualTo(Duration.ofMillis(3));
    assertThat(settings.kinds()).isEqualTo(Set.of(JfrKind.GC, JfrKind.SAMPLES));
    assertThat(JfrSettings.read(key -> null, key -> null)).isEqualTo(JfrSettings.DEFAULTS);
    assertThat(settings.withThreshold(Duration.ZERO).threshold(JfrKind.IO)).isZero();
  }

  @Test
  void badSettingsSayWhereTheyCameFrom() {
    assertThatThrownBy(
            () -> JfrSettings.read(key -> null, Map.of("MICROMEGAS_JFR_KINDS", "gc,x")::get))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("MICROMEGAS_JFR_KINDS")
        .hasMessageContaining("\"x\"");
    assertThatThrownBy(
            () -> JfrSettings.read(Map.of("micromegas.jfr.threads", "0")::get, key -> null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("micromegas.jfr.threads must be at least 1");
  }
}
