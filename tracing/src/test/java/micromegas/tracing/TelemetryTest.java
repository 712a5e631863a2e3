package micromegas.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import micromegas.tracing.settings.ProcessFacts;
import micromegas.tracing.settings.Setting;
import micromegas.tracing.settings.SettingSources;
import micromegas.tracing.spi.EventSink;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.tracing.spi.LogLine;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedLog;
import org.junit.jupiter.api.Test;

/// Start, settings, failures and end of telemetry.
class TelemetryTest {
  private static final SpanSite SPAN = Sites.here().span("span");
  private static final LogSite LAST = Sites.here().info("last words");
  private static final IntMetric COUNT = Sites.here().intMetric("n", "count");

  private static TelemetryBuilder quiet(MemorySink sink) {
    return Telemetry.builder()
        .sink(sink)
        .spans(true)
        .consoleLevels(LevelFilter.OFF)
        .jvmPeriod(Duration.ZERO)
        .shutdownHook(false);
  }

  @Test
  void scopesThatAnEarlierSessionLeftOpenTakeNoRoom() {
    int left = 5_000; // more than the deepest stack
    List<SpanScope> open = new ArrayList<>();
    for (int session = 0; session < 5; session++) {
      try (Telemetry telemetry = quiet(new MemorySink()).start()) {
        for (int i = 0; i < left / 5; i++) {
          open.add(SPAN.enter());
        }
      }
    }
    MemorySink sink = new MemorySink();
    try (Telemetry telemetry = quiet(sink).start()) {
      SPAN.enter().close();
      open.forEach(SpanScope::close);
      SPAN.enter().close();
    }
    assertThat(StreamValidator.validate(sink.process().orElseThrow(), sink.blocks())).isEmpty();
    assertThat(sink.spans().values()).singleElement().asInstanceOf(LIST).hasSize(4);
  }

  @Test
  void nothingHappensBeforeTheStartAndAfterTheEnd() {
    MemorySink first = new MemorySink();
    LAST.log();
    SPAN.enter().close();
    SpanScope open;
    try (Telemetry telemetry = quiet(first).start()) {
      open = SPAN.enter();
      LAST.log();
    }
    LAST.log();
    COUNT.record(1);
    assertThat(first.logs()).hasSize(1);
    assertThat(first.spans().values().iterator().next()).hasSize(1);
    // The next run does not see the scope that was left open.
    MemorySink second = new MemorySink();
    try (Telemetry telemetry = quiet(second).start()) {
      try (SpanScope scope = SPAN.enter()) {
        LAST.log();
      }
      open.close();
    }
    assertThat(StreamValidator.validate(second.process().orElseThrow(), second.blocks())).isEmpty();
    assertThat(second.spans().values().iterator().next()).hasSize(2);
    assertThat(second.logs()).hasSize(1);
  }

  @Test
  void aSinkMayComeLateAndLeave() {
    MemorySink late = new MemorySink();
    MemorySink always = new MemorySink();
    try (Telemetry telemetry = quiet(always).start()) {
      LAST.log();
      telemetry.flush(Duration.ofSeconds(5));
      try (Telemetry.Attachment attachment = telemetry.attach(late)) {
        LAST.log();
        telemetry.flush(Duration.ofSeconds(5));
      }
      LAST.log();
    }
    assertThat(always.logs()).hasSize(3);
    assertThat(late.logs()).hasSize(1);
    assertThat(late.process()).isEqualTo(always.process());
    assertThat(late.streams()).hasSize(always.streams().size()).isSubsetOf(always.streams());
  }

  @Test
  void thereIsOneAtATime() {
    try (Telemetry telemetry = quiet(new MemorySink()).start()) {
      assertThatThrownBy(() -> quiet(new MemorySink()).start())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(telemetry.process().processId().toString());
      assertThat(quiet(new MemorySink()).reuse(true).start()).isSameAs(telemetry);
      assertThat(Telemetry.running()).contains(telemetry);
    }
    assertThat(Telemetry.running()).isEmpty();
  }

  @Test
  void badSettingsFailTheStartAndChangeNothing() {
    assertThatThrownBy(
            () -> new TelemetryBuilder(sources(Map.of("MICROMEGAS_FLUSH_PERIOD", "soon"))).start())
        .hasMessage("the environment variable MICROMEGAS_FLUSH_PERIOD is no whole number: soon");
    assertThatThrownBy(() ->
            new TelemetryBuilder(sources(Map.of("MICROMEGAS_TELEMETRY_URL", "nowhere"))).start())
        .hasMessageContaining("no address of an HTTP server: nowhere");
    assertThatThrownBy(() ->
            new TelemetryBuilder(sources(Map.of("MICROMEGAS_PROCESS_PROPERTIES", "a=1,b"))).start())
        .hasMessageContaining("no = in \"b\"");
    assertThatThrownBy(() ->
            new TelemetryBuilder(sources(Map.of("MICROMEGAS_TELEMETRY_LEVELS", "loud"))).start())
        .hasMessageContaining("MICROMEGAS_TELEMETRY_LEVELS: \"loud\" is no level");
    assertThatThrownBy(() -> Telemetry.builder().property("micromegas.audience", "x"))
        .hasMessageContaining("belong to servers");
    assertThat(Telemetry.running()).isEmpty();
  }

  private static SettingSources sources(Map<String, String> environment) {
    return new SettingSources(name -> null, environment, new Properties());
  }

  @Test
  void theProgramWinsOverPropertiesTheEnvironmentAndTheFile() {
    Properties file = new Properties();
    file.setProperty("micromegas.flush.period", "1");
    file.setProperty("micromegas.ingestion.api.key", "of the file");
    SettingSources sources =
        new SettingSources(
            name -> name.equals("micromegas.telemetry.url") ? "http://property" : null,
            Map.of(
                "MICROMEGAS_TELEMETRY_URL", "http://environment",
                "MICROMEGAS_FLUSH_PERIOD", "2",
                "MICROMEGAS_OIDC_CLIENT_ID", "  "),
            file);
    assertThat(sources.text(Setting.MICROMEGAS_TELEMETRY_URL)).contains("http://property");
    assertThat(sources.number(Setting.MICROMEGAS_FLUSH_PERIOD, 1, 60)).isEqualTo(2);
    assertThat(sources.text(Setting.MICROMEGAS_INGESTION_API_KEY)).contains("of the file");
    assertThat(sources.text(Setting.MICROMEGAS_OIDC_CLIENT_ID)).isEmpty();
    assertThat(sources.number(Setting.MICROMEGAS_TELEMETRY_MAX_IN_FLIGHT_REQUESTS, 1, 3))
        .isEqualTo(3);
    sources.set(Setting.MICROMEGAS_TELEMETRY_URL, "http://program");
    assertThat(sources.text(Setting.MICROMEGAS_TELEMETRY_URL)).contains("http://program");
  }

  @Test
  void propertiesOfTheProcess() {
    assertThat(ProcessFacts.parseProperties(" a = 1 ,, b==2 ,c=, a=3"))
        .isEqualTo(Map.of("a", "1", "b", "=2", "c", ""));
    UUID parent = UUID.randomUUID();
    MemorySink sink = new MemorySink();
    TelemetryBuilder builder =
        new TelemetryBuilder(
            sources(
                Map.of(
                    "MICROMEGAS_PROCESS_PROPERTIES", "version=1,exe=mine",
                    "MICROMEGAS_TELEMETRY_PARENT_PROCESS", parent.toString(),
                    "MICROMEGAS_CONSOLE_LEVELS", "off")));
    try (Telemetry telemetry =
        builder.sink(sink).property("version", "2").shutdownHook(false).start()) {
      assertThat(telemetry.process().parentProcessId()).contains(parent);
      assertThat(telemetry.process().properties())
          .containsEntry("version", "2")
          .containsEntry("exe", "mine")
          .containsKeys("pid", "java.version", "cpu_brand");
      assertThat(telemetry.process().tscFrequency()).isEqualTo(1_000_000_000);
      ProcessBuilder child = new ProcessBuilder("x");
      telemetry.link(child);
      assertThat(child.environment())
          .containsEntry(
              "MICROMEGAS_TELEMETRY_PARENT_PROCESS", telemetry.process().processId().toString());
    }
    assertThat(sink.process()).isPresent();
  }

  @Test
  void failuresThatEndAThreadAreLoggedAndPassedOn() throws InterruptedException {
    MemorySink sink = new MemorySink();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    StringBuilder seen = new StringBuilder();
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> seen.append(e.getMessage()));
    try (Telemetry telemetry = quiet(sink).start()) {
      Thread thread =
          new Thread(
              () -> {
                throw new IllegalStateException("boom");
              },
              "doomed");
      thread.start();
      thread.join();
      assertThat(sink.logs())
          .singleElement()
          .satisfies(log -> {
            assertThat(log.level()).isEqualTo(Level.FATAL);
            assertThat(log.text()).startsWith("uncaught in thread doomed").contains("boom");
          });
      assertThat(seen.toString()).isEqualTo("boom");
      Thread memory =
          new Thread(() -> {
            throw new OutOfMemoryError("no more");
          });
      memory.start();
      memory.join();
      LAST.log(); // telemetry goes on
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
    assertThat(sink.logs())
        .extracting(RecordedLog::text)
        .contains("a thread ended: out of memory", "last words");
  }

  @Test
  void sinksGetTextsOnTheThreadThatLogs() {
    StringBuilder texts = new StringBuilder();
    Thread self = Thread.currentThread();
    EventSink sink =
        new EventSink() {
          @Override
          public void log(LogLine line) {
            assertThat(Thread.currentThread()).isSameAs(self);
            texts.append(line.level()).append(' ').append(line.text()).append('\n');
            throw new IllegalStateException("a bad sink");
          }

          @Override
          public void block(FinishedBlock block) {
            throw new IllegalStateException("a bad sink");
          }
        };
    MemorySink good = new MemorySink();
    try (Telemetry telemetry = quiet(good).sink(sink, LevelFilter.parse("off,app=warn")).start()) {
      Log.of("app.x").warn("seen");
      Log.of("app.x").info("not seen");
      Log.of("other").error("not seen");
    }
    assertThat(texts.toString()).isEqualTo("WARN seen\n");
    assertThat(good.logs()).hasSize(3);
  }

  @Test
  void levelsAreReadByPrefix() {
    LevelFilter filter = LevelFilter.parse("Info, com.acme = DEBUG ,com.acme.noise=off");
    assertThat(filter.passes(Level.DEBUG, "com.acme.Orders")).isTrue();
    assertThat(filter.passes(Level.FATAL, "com.acme.noise.X")).isFalse();
    assertThat(filter.passes(Level.DEBUG, "org")).isFalse();
    assertThat(LevelFilter.parse(filter.toString())).isEqualTo(filter);
    for (String bad : List.of("", "warning", "info,debug", "a=b=c")) {
      assertThatThrownBy(() -> LevelFilter.parse(bad)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void patternsAreFilledLikeThoseOfSlf4j() {
    assertThat(new Pattern(Template.of("a {} b {} c")).add(1L).add("x").toString())
        .isEqualTo("a 1 b x c");
    assertThat(new Pattern(Template.of("{}")).add(1L).add(2L).toString()).isEqualTo("1");
    assertThat(new Pattern(Template.of("{} {}")).add((Object) null).toString())
        .isEqualTo("null {}");
    assertThat(new Pattern(Template.of("\\{} {}")).add(1.5).toString()).isEqualTo("{} 1.5");
    assertThat(new Pattern(Template.of("{}")).add(new int[] {1, 2}).toString()).isEqualTo("[1, 2]");
    assertThat(new Pattern(Template.of("{}")).add(new Object[] {"a", new long[] {3}}).toString())
        .isEqualTo("[a, [3]]");
    Object bad =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException();
          }
        };
    assertThat(new Pattern(Template.of("x {}")).add(bad).toString())
        .isEqualTo("x [toString() failed: java.lang.IllegalStateException]");
  }
}
