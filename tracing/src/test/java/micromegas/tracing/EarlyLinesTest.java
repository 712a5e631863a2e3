package micromegas.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import micromegas.tracing.adapter.BackendLogger;
import micromegas.tracing.adapter.LogBridge;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testing.RecordedMetric;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What logging libraries say before telemetry starts and between two runs of it.
class EarlyLinesTest {
  private final MemorySink sink = new MemorySink();
  private final LogBridge bridge = new LogBridge();
  private final BackendLogger backend = new BackendLogger("b");

  /// What other tests have left.
  @BeforeEach
  @AfterEach
  void forget() {
    DefaultContext.clear();
    start(new MemorySink()).close();
  }

  private static TelemetryBuilder builder(MemorySink sink) {
    return Telemetry.builder()
        .sink(sink)
        .consoleLevels(LevelFilter.OFF)
        .jvmPeriod(Duration.ZERO)
        .shutdownHook(false);
  }

  private static Telemetry start(MemorySink sink) {
    return builder(sink).start();
  }

  private void line(String text) {
    bridge.log("a", Level.INFO, text, PropertySet.EMPTY, null);
  }

  private static List<String> texts(MemorySink sink) {
    return sink.logs().stream().map(RecordedLog::text).toList();
  }

  @Test
  void linesKeepWhatTheyAreAndTheTimesTheyCameAt() {
    Instant wall = Instant.now();
    long[] ticks = new long[4];
    ticks[0] = Ticks.now();
    bridge.log("a", Level.WARN, "first", PropertySet.of("k", "v"), null);
    ticks[1] = Ticks.now();
    bridge.log(null, Level.TRACE, null, PropertySet.EMPTY, new IllegalStateException("why"));
    ticks[2] = Ticks.now();
    try (Telemetry telemetry = start(sink)) {
      line("live");
      ticks[3] = Ticks.now();
    }
    assertThat(sink.logs())
        .extracting(RecordedLog::level, RecordedLog::target, log -> log.text().lines().findFirst())
        .containsExactly(
            tuple(Level.WARN, "a", "first".lines().findFirst()),
            tuple(Level.TRACE, "", "null".lines().findFirst()),
            tuple(Level.INFO, "a", "live".lines().findFirst()));
    assertThat(sink.logs())
        .extracting(RecordedLog::properties)
        .containsExactly(
            Map.of("k", "v"),
            Map.of("exception.type", "java.lang.IllegalStateException"),
            Map.of());
    assertThat(sink.logs().get(1).text()).contains("\njava.lang.IllegalStateException: why\n\tat ");
    long slack = 1_000_000; // the clocks of lines and events are read one after the other
    for (int i = 0; i < 3; i++) {
      assertThat(sink.logs().get(i).ticks()).isBetween(ticks[i] - slack, ticks[i + 1] + slack);
    }
    // The process begins with its first line, and so does the first block.
    var process = sink.process().orElseThrow();
    assertThat(process.startTicks()).isBetween(ticks[0] - slack, sink.logs().get(0).ticks());
    assertThat(Duration.between(wall, process.startTime()).abs()).isLessThan(Duration.ofMinutes(1));
    List<FinishedBlock> blocks = sink.blocks();
    assertThat(blocks).isNotEmpty();
    assertThat(blocks.get(0).info().beginTicks()).isZero();
    assertThat(StreamValidator.validate(process, blocks)).isEmpty();
  }

  @Test
  void eachRunOfTelemetryGetsTheLinesBeforeIt() {
    line("before");
    MemorySink second = new MemorySink();
    try (Telemetry telemetry = start(sink)) {
      line("first");
    }
    line("between");
    try (Telemetry telemetry = start(second)) {
      line("second");
    }
    assertThat(texts(sink)).containsExactly("before", "first");
    assertThat(texts(second)).containsExactly("between", "second");
    assertThat(second.process().orElseThrow().startTicks())
        .isGreaterThanOrEqualTo(sink.logs().get(1).ticks());
    MemorySink third = new MemorySink();
    start(third).close();
    assertThat(third.logs()).isEmpty();
  }

  @Test
  void theLevelsAreThoseOfTheTelemetryThatStarts() {
    assertThat(backend.isOn(Level.DEBUG)).isTrue(); // it might be recorded
    assertThat(backend.isOn(Level.TRACE)).isFalse();
    for (Level level : Level.values()) {
      backend.log(level, "backend", PropertySet.EMPTY, null);
      bridge.log("a", level, "bridge", PropertySet.EMPTY, null); // has passed its library
    }
    try (Telemetry telemetry = builder(sink).recordLevels(LevelFilter.of(Level.ERROR)).start()) {
      assertThat(telemetry.losses()).isEmpty();
    }
    assertThat(sink.logs())
        .extracting(RecordedLog::target, RecordedLog::level)
        .containsExactly(
            tuple("b", Level.FATAL),
            tuple("a", Level.FATAL),
            tuple("b", Level.ERROR),
            tuple("a", Level.ERROR),
            tuple("a", Level.WARN),
            tuple("a", Level.INFO),
            tuple("a", Level.DEBUG),
            tuple("a", Level.TRACE));
  }

  @Test
  void whatIsTooMuchIsCountedInTheData() {
    for (int i = 0; i < 1_100; i++) {
      bridge.log("a", i == 0 ? Level.WARN : Level.INFO, "line " + i, PropertySet.EMPTY, null);
    }
    try (Telemetry telemetry = start(sink)) {
      assertThat(telemetry.losses()).containsOnly(Map.entry("early_logs", 100L));
    }
    assertThat(texts(sink)).hasSize(1_000).startsWith("line 0", "line 101").endsWith("line 1099");
    assertThat(sink.metrics())
        .filteredOn(metric -> metric.name().equals("mm_dropped_events"))
        .extracting(RecordedMetric::value, RecordedMetric::properties)
        .containsExactly(tuple(100.0, Map.of("kind", "early_logs")));
    MemorySink second = new MemorySink();
    try (Telemetry telemetry = start(second)) {
      assertThat(telemetry.losses()).isEmpty();
    }
  }

  @Test
  void aLongTextIsCut() {
    line("x".repeat(10 << 20));
    try (Telemetry telemetry = start(sink)) {
      line("x".repeat(10 << 20));
    }
    assertThat(texts(sink)).hasSize(2).containsOnly(sink.logs().get(1).text());
    assertThat(texts(sink).get(0)).endsWith(" more characters)").hasSizeLessThan(64 << 10);
  }

  @Test
  void propertiesOfTheProcessAreThoseOfTheMoment() {
    DefaultContext.set("tenant", "t1");
    line("early");
    DefaultContext.set("tenant", "t2");
    try (Telemetry telemetry = start(sink)) {
      line("live");
    }
    assertThat(sink.logs())
        .extracting(RecordedLog::properties)
        .containsExactly(Map.of("tenant", "t1"), Map.of("tenant", "t2"));
  }

  /// Threads that log while telemetry starts: each line is recorded once, in the order of its
  /// thread.
  @Test
  void noLineIsLostOrTwiceWhileTelemetryStarts() throws InterruptedException {
    int lines = 200;
    CountDownLatch half = new CountDownLatch(4);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      String name = "thread " + t;
      Thread thread =
          new Thread(() -> {
            for (int i = 0; i < lines; i++) {
              bridge.log(name, Level.INFO, Integer.toString(i), PropertySet.EMPTY, null);
              if (i == lines / 10) {
                half.countDown();
              }
            }
          });
      threads.add(thread);
    }
    threads.forEach(Thread::start);
    half.await();
    try (Telemetry telemetry = start(sink)) {
      for (Thread thread : threads) {
        thread.join();
      }
    }
    List<String> all = IntStream.range(0, lines).mapToObj(Integer::toString).toList();
    for (int t = 0; t < 4; t++) {
      String name = "thread " + t;
      assertThat(sink.logs())
          .filteredOn(log -> log.target().equals(name))
          .extracting(RecordedLog::text)
          .containsExactlyElementsOf(all);
    }
    assertThat(StreamValidator.validate(sink.process().orElseThrow(), sink.blocks())).isEmpty();
  }

  @Test
  void aStartThatFailsTakesNothing() {
    line("kept");
    String property = "micromegas.telemetry.early.lines";
    System.setProperty(property, "many");
    try {
      assertThatThrownBy(() -> start(sink))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(property + " is no whole number: many");
    } finally {
      System.clearProperty(property);
    }
    start(sink).close();
    assertThat(texts(sink)).containsExactly("kept");
  }
}
