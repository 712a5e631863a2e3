package micromegas.tracing.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import micromegas.tracing.Level;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.PropertySet;
import micromegas.tracing.Telemetry;
import micromegas.tracing.record.SdkThread;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedLog;
import org.junit.jupiter.api.Test;

/// What adapters of logging libraries have in common.
class AdapterTest {
  private final MemorySink sink = new MemorySink();

  private Telemetry start() {
    return Telemetry.builder()
        .sink(sink, LevelFilter.of(Level.TRACE))
        .recordLevels(LevelFilter.of(Level.WARN))
        .consoleLevels(LevelFilter.OFF)
        .jvmPeriod(Duration.ZERO)
        .shutdownHook(false)
        .start();
  }

  @Test
  void aBridgeAsksForNoLevelAndPrintsNothing() {
    LogBridge bridge = new LogBridge();
    assertThat(bridge.takes(Level.TRACE)).isTrue(); // for the telemetry that starts
    try (Telemetry telemetry = start()) {
      assertThat(bridge.takes(Level.TRACE)).isTrue();
      bridge.log("a", Level.TRACE, "passed already", PropertySet.EMPTY, null);
      bridge.log(null, Level.INFO, null, PropertySet.of("k", "v"), null);
    }
    assertThat(sink.logs())
        .extracting(RecordedLog::level, RecordedLog::target, RecordedLog::text)
        .containsExactly(tuple(Level.TRACE, "a", "passed already"), tuple(Level.INFO, "", "null"));
    assertThat(sink.lines()).isEmpty();
  }

  @Test
  void aBackendAsksAndPrints() {
    BackendLogger logger = new BackendLogger("a");
    try (Telemetry telemetry = start()) {
      assertThat(logger.isOn(Level.INFO)).isTrue(); // for the sink of texts
      logger.log(Level.INFO, "printed", PropertySet.EMPTY, null);
      logger.log(Level.WARN, "both", PropertySet.EMPTY, null);
    }
    assertThat(sink.logs()).extracting(RecordedLog::text).containsExactly("both");
    assertThat(sink.lines()).extracting("text").containsExactly("printed", "both");
  }

  @Test
  void namesOfLoggersDoNotPileUp() {
    LogBridge bridge = new LogBridge(10);
    try (Telemetry telemetry = start()) {
      for (int i = 0; i < 100; i++) {
        bridge.log("logger " + i, Level.INFO, "line", PropertySet.EMPTY, null);
      }
    }
    assertThat(bridge.kept()).isEqualTo(10);
    assertThat(sink.logs()).hasSize(100).last().extracting("target").isEqualTo("logger 99");
  }

  @Test
  void threadsOfTheLibrarySayOnlyWhatMatters() throws InterruptedException {
    LogBridge bridge = new LogBridge();
    BackendLogger logger = new BackendLogger("b");
    try (Telemetry telemetry = start()) {
      Thread thread =
          new SdkThread(
              () -> {
                for (Level level : new Level[] {Level.INFO, Level.WARN}) {
                  bridge.log("a", level, "bridge", PropertySet.EMPTY, null);
                  logger.log(level, "backend", PropertySet.EMPTY, null);
                }
              },
              "test");
      thread.start();
      thread.join();
    }
    assertThat(sink.logs())
        .extracting(RecordedLog::level, RecordedLog::text)
        .containsExactly(tuple(Level.WARN, "bridge"), tuple(Level.WARN, "backend"));
  }

  @Test
  void contextKeysAreAnAllowList() {
    Map<String, String> context = new HashMap<>(Map.of("a", "1", "b", "2", "level", "3"));
    assertThat(ContextKeys.parse(" , ").isEmpty()).isTrue();
    assertThat(ContextKeys.parse(null).copy(context, null)).isNull();
    assertThat(ContextKeys.parse("x").copy(context, null)).isNull();
    ContextKeys keys = ContextKeys.parse("level, b,b,");
    UnaryOperator<String> lookup = context::get;
    for (EventProperties found :
        new EventProperties[] {keys.copy(context, null), keys.copy(lookup, null)}) {
      assertThat(EventProperties.setOf(found).asMap())
          .isEqualTo(Map.of("tag.level", "3", "b", "2"));
    }
  }

  @Test
  void equalPropertiesAreOneSet() {
    PropertySet set = EventProperties.setOf(new EventProperties().add("a", 1).add("b", "x"));
    assertThat(set.asMap()).isEqualTo(Map.of("a", "1", "b", "x"));
    assertThat(EventProperties.setOf(new EventProperties().add("a", 1).add("b", "x")))
        .isSameAs(set);
    assertThat(EventProperties.setOf(new EventProperties().add("b", "x").add("a", 1L)))
        .isSameAs(set);
    assertThat(EventProperties.setOf(new EventProperties().add("a", 0).add("b", "x").add("a", 1)))
        .isSameAs(set);
    assertThat(EventProperties.setOf(new EventProperties().add("a", "1b").add("", "x")).asMap())
        .isEqualTo(Map.of("a", "1b", "", "x"));
    assertThat(EventProperties.setOf(new EventProperties())).isSameAs(PropertySet.EMPTY);
    assertThat(EventProperties.setOf(null)).isSameAs(PropertySet.EMPTY);
  }

  @Test
  void laterPropertiesWinAndMarkersAdd() {
    EventProperties more = new EventProperties().add("a", 2).marker("Y");
    EventProperties all = new EventProperties().marker("X").marker("Z").add("a", 1).addAll(more);
    assertThat(EventProperties.setOf(all).asMap()).isEqualTo(Map.of("a", "2", "marker", "Y"));
    assertThat(EventProperties.setOf(new EventProperties().marker("X").marker("Z")).asMap())
        .isEqualTo(Map.of("marker", "X,Z"));
  }

  @Test
  void manyAndLongPropertiesAreCut() {
    EventProperties many = new EventProperties();
    for (int i = 0; i < 1_000; i++) {
      many.add("key " + i, i);
    }
    assertThat(EventProperties.setOf(many).asMap())
        .hasSize(PropertySet.MAX_PAIRS)
        .containsEntry("key 0", "0")
        .containsEntry("key 63", "63");
    EventProperties large = new EventProperties().add("a", "x".repeat(10 << 20));
    assertThat(EventProperties.setOf(large).asMap().get("a")).hasSize(PropertySet.MAX_TEXT);
  }

  @Test
  void manySetsAreRightWhateverIsForgotten() {
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 5_000; i++) {
        assertThat(EventProperties.setOf(new EventProperties().add("id", i)).asMap())
            .isEqualTo(Map.of("id", Integer.toString(i)));
      }
    }
  }

  @Test
  void textsOfBrokenObjects() {
    Throwable broken =
        new IllegalStateException() {
          private static final long serialVersionUID = 1L;

          @Override
          public String toString() {
            throw new StackOverflowError();
          }
        };
    assertThat(Texts.of(broken)).isEqualTo("[toString() failed: java.lang.StackOverflowError]");
    assertThat(Texts.of(null)).isEqualTo("null");
    assertThat(Texts.stackTrace(broken))
        .isEqualTo(
            broken.getClass().getName() + " [printing it failed: java.lang.StackOverflowError]");
    Exception cycle = new Exception("a");
    cycle.initCause(new Exception("b", cycle));
    assertThat(Texts.stackTrace(cycle)).contains("CIRCULAR REFERENCE");
  }

  @Test
  void nestingEnds() {
    Nesting nesting = new Nesting();
    for (int i = 0; i < Nesting.MAX_DEPTH; i++) {
      assertThat(nesting.enter()).isTrue();
    }
    assertThat(nesting.enter()).isFalse();
    nesting.leave();
    assertThat(nesting.enter()).isTrue();
  }
}
