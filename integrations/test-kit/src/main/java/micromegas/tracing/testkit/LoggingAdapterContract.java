package micromegas.tracing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import micromegas.tracing.KeepPolicy;
import micromegas.tracing.Level;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Sites;
import micromegas.tracing.Telemetry;
import micromegas.tracing.TelemetryBuilder;
import micromegas.tracing.Ticks;
import micromegas.tracing.WorkUnit;
import micromegas.tracing.adapter.Nesting;
import micromegas.tracing.spi.EventSink;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedLog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the adapter of each logging library must do with its lines. A test drives the real library,
/// with a configuration that lets everything pass for [#LOGGER].
public abstract class LoggingAdapterContract {
  /// All levels are on.
  protected static final String LOGGER = "com.acme.chatty";

  /// Lines inside lines that the test would make if nobody ended them.
  protected static final int FAR_TOO_DEEP = 3 * Nesting.MAX_DEPTH;

  protected final MemorySink sink = new MemorySink();

  // ---- the library

  /// A line at the level of the library that stands for `level`, through the logger of that name.
  ///
  /// @param pattern with `{}` for each argument, see [#numbered]; perhaps null
  /// @param arguments none for a text that is ready
  protected abstract void log(Level level, String logger, String pattern, Object... arguments);

  /// A line with a failure.
  protected abstract void fail(Level level, String logger, String text, Throwable failure);

  /// A line of a logger without a name, in whatever way the library may have one.
  ///
  /// @return the target that is expected
  protected abstract String logWithoutName(String text);

  /// Records a line at *info* whose text is ready.
  protected abstract Runnable readyLine();

  /// Levels that the library can say.
  protected List<Level> levels() {
    return List.of(Level.ERROR, Level.WARN, Level.INFO, Level.DEBUG, Level.TRACE);
  }

  /// Lines inside lines that there may be. Some libraries make texts before an adapter sees them.
  protected int mostNested() {
    return Nesting.MAX_DEPTH;
  }

  /// The pattern with `{0}`, `{1}`, ... in place of `{}`.
  protected static String numbered(String pattern) {
    if (pattern == null) {
      return null;
    }
    String[] pieces = pattern.split("\\{}", -1);
    StringBuilder text = new StringBuilder(pieces[0]);
    for (int i = 1; i < pieces.length; i++) {
      text.append('{').append(i - 1).append('}').append(pieces[i]);
    }
    return text.toString();
  }

  // ---- telemetry

  /// What was said before is not of the test.
  @BeforeEach
  void forget() {
    telemetry().start().close();
    sink.clear();
  }

  protected TelemetryBuilder telemetry() {
    return telemetry(sink);
  }

  private static TelemetryBuilder telemetry(EventSink sink) {
    return Telemetry.builder()
        .sink(sink)
        .recordLevels(LevelFilter.of(Level.TRACE))
        .consoleLevels(LevelFilter.OFF)
        .jvmPeriod(Duration.ZERO)
        .shutdownHook(false);
  }

  protected List<String> texts() {
    return sink.logs().stream().map(RecordedLog::text).toList();
  }

  private void info(String text) {
    log(Level.INFO, LOGGER, text);
  }

  // ---- the contract

  @Test
  void linesHaveTheirLevelTargetAndText() {
    try (Telemetry telemetry = telemetry().start()) {
      for (Level level : levels()) {
        log(level, LOGGER, "at " + level);
        log(level, LOGGER, "order {} of {} lines", level, 3);
      }
    }
    List<org.assertj.core.groups.Tuple> expected = new ArrayList<>();
    for (Level level : levels()) {
      expected.add(tuple(level, LOGGER, "at " + level, Map.of()));
      expected.add(tuple(level, LOGGER, "order " + level + " of 3 lines", Map.of()));
    }
    assertThat(sink.logs())
        .extracting(
            RecordedLog::level, RecordedLog::target, RecordedLog::text, RecordedLog::properties)
        .containsExactlyElementsOf(expected);
  }

  @Test
  void failuresAreShownWithTheirStack() {
    try (Telemetry telemetry = telemetry().start()) {
      fail(
          Level.ERROR,
          LOGGER,
          "not stored",
          new IllegalArgumentException("bad", new Error("cause")));
    }
    assertThat(texts()).hasSize(1);
    assertThat(texts().get(0))
        .startsWith("not stored\njava.lang.IllegalArgumentException: bad\n\tat ")
        .contains("failuresAreShownWithTheirStack", "\nCaused by: java.lang.Error: cause");
    assertThat(sink.logs().get(0).properties())
        .isEqualTo(Map.of("exception.type", "java.lang.IllegalArgumentException"));
  }

  private static Object saying(Supplier<String> text) {
    return new Object() {
      @Override
      public String toString() {
        return text.get();
      }
    };
  }

  @Test
  void argumentsThatFailHarmNobody() {
    Object broken =
        saying(() -> {
          throw new IllegalStateException("broken");
        });
    Object endless =
        saying(() -> {
          throw new StackOverflowError();
        });
    try (Telemetry telemetry = telemetry().start()) {
      log(Level.INFO, LOGGER, "before {} after", broken);
      log(Level.INFO, LOGGER, "before {} after", endless);
      log(Level.INFO, LOGGER, "before {} after", saying(() -> null));
      info("last");
    }
    assertThat(texts()).hasSize(4).endsWith("last");
    assertThat(texts().subList(0, 3)).allMatch(text -> text.startsWith("before "));
  }

  @Test
  void failuresThatFailHarmNobody() {
    Exception speechless =
        new Exception() {
          private static final long serialVersionUID = 1L;

          @Override
          public String getMessage() {
            return null;
          }

          @Override
          public String toString() {
            return null;
          }
        };
    try (Telemetry telemetry = telemetry().start()) {
      fail(Level.WARN, LOGGER, "odd", speechless);
      info("last");
    }
    assertThat(texts()).hasSize(2).endsWith("last");
    assertThat(texts().get(0)).startsWith("odd\n");
    assertThat(sink.logs().get(0).properties())
        .isEqualTo(Map.of("exception.type", speechless.getClass().getName()));
  }

  @Test
  void nullsAreShown() {
    String target;
    try (Telemetry telemetry = telemetry().start()) {
      info(null);
      log(Level.INFO, LOGGER, "{} and {}", null, null);
      fail(Level.INFO, LOGGER, "no failure", null);
      fail(Level.INFO, LOGGER, null, new Exception());
      target = logWithoutName("nameless");
      log(Level.INFO, LOGGER, null, 1);
    }
    assertThat(texts()).hasSize(6).startsWith("null", "null and null", "no failure");
    assertThat(texts().get(3)).startsWith("null\njava.lang.Exception\n\tat ");
    assertThat(sink.logs().get(2).properties()).isEmpty();
    assertThat(sink.logs().get(4).target()).isEqualTo(target);
    assertThat(texts().get(4)).isEqualTo("nameless");
  }

  /// An argument that logs itself with each call of its `toString()`.
  @Test
  void linesInsideLinesEnd() {
    Object[] self = new Object[1];
    AtomicInteger calls = new AtomicInteger();
    self[0] =
        saying(() -> {
          if (calls.incrementAndGet() < FAR_TOO_DEEP) {
            log(Level.INFO, LOGGER, "inner {}", self[0]);
          }
          return "talk";
        });
    try (Telemetry telemetry = telemetry().start()) {
      log(Level.INFO, LOGGER, "outer {}", self[0]);
      info("last");
    }
    assertThat(texts()).endsWith("outer talk", "last");
    assertThat(texts()).filteredOn("inner talk"::equals).hasSizeLessThan(mostNested());
    assertThat(calls).hasValueLessThanOrEqualTo(mostNested());
  }

  @Test
  void aLargeTextIsCut() {
    try (Telemetry telemetry = telemetry().start()) {
      info("x".repeat(10 << 20));
      info("last");
    }
    assertThat(texts()).hasSize(2).endsWith("last");
    assertThat(texts().get(0)).startsWith("xxx").endsWith(" more characters)");
    assertThat(texts().get(0).length()).isBetween(60_000, 64 << 10);
  }

  /// What comes before telemetry starts belongs to it, with the times it came at; what comes after
  /// its end belongs to the next one.
  @Test
  void earlyLinesBelongToTheTelemetryThatStarts() {
    MemorySink second = new MemorySink();
    long slack = 1_000_000; // the clocks of lines and events are read one after the other
    long begin = Ticks.now();
    log(Level.WARN, LOGGER, "before {}", 1);
    fail(Level.ERROR, LOGGER, "before 2", new IllegalStateException());
    long started = Ticks.now();
    try (Telemetry telemetry = telemetry().start()) {
      info("first");
    }
    info("between");
    try (Telemetry telemetry = telemetry(second).start()) {
      info("second");
    }
    info("after");
    assertThat(sink.logs())
        .extracting(RecordedLog::level, RecordedLog::target, log -> log.text().split("\n")[0])
        .containsExactly(
            tuple(Level.WARN, LOGGER, "before 1"),
            tuple(Level.ERROR, LOGGER, "before 2"),
            tuple(Level.INFO, LOGGER, "first"));
    assertThat(sink.logs().get(1).text()).contains("\njava.lang.IllegalStateException\n\tat ");
    assertThat(sink.logs().get(1).properties())
        .isEqualTo(Map.of("exception.type", "java.lang.IllegalStateException"));
    assertThat(sink.logs().subList(0, 2))
        .allSatisfy(log -> assertThat(log.ticks()).isBetween(begin - slack, started + slack));
    assertThat(sink.logs().get(2).ticks()).isGreaterThan(started - slack);
    assertThat(sink.blocks().get(0).info().beginTicks()).isZero();
    assertThat(second.logs()).extracting(RecordedLog::text).containsExactly("between", "second");
  }

  @Test
  void linesOfManyThreadsAreAllThere() throws InterruptedException {
    int lines = 100;
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      String name = "thread " + t;
      threads.add(
          new Thread(() ->
              IntStream.range(0, lines).forEach(i -> log(Level.INFO, LOGGER, "{}: {}", name, i))));
    }
    try (Telemetry telemetry = telemetry().start()) {
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
    }
    assertThat(sink.logs()).hasSize(4 * lines);
    for (int t = 0; t < 4; t++) {
      String name = "thread " + t + ": ";
      assertThat(texts())
          .filteredOn(text -> text.startsWith(name))
          .containsExactlyElementsOf(IntStream.range(0, lines).mapToObj(i -> name + i).toList());
    }
  }

  @Test
  void detailsWaitForTheEndOfAUnitOfWork() {
    try (Telemetry telemetry = telemetry().start()) {
      for (int i = 0; i < 2; i++) {
        try (WorkUnit unit = Sites.here().work(KeepPolicy.failed()).begin()) {
          log(Level.DEBUG, LOGGER, "detail {}", i);
          log(Level.INFO, LOGGER, "always {}", i);
          if (i == 1) {
            unit.fail();
          }
        }
      }
    }
    assertThat(texts()).containsExactlyInAnyOrder("always 0", "detail 1", "always 1");
  }

  /// A sink that logs about each block with the library whose lines it gets.
  @Test
  void whatTheSdkDoesDoesNotFeedIt() {
    AtomicInteger blocks = new AtomicInteger();
    EventSink talking =
        new EventSink() {
          @Override
          public void block(FinishedBlock block) {
            info("a block");
            if (blocks.incrementAndGet() == 1) {
              LoggingAdapterContract.this.log(Level.WARN, LOGGER, "a first block");
            }
          }
        };
    try (Telemetry telemetry = telemetry().sink(talking).start()) {
      info("by the application");
      for (int i = 0; i < 5; i++) {
        telemetry.flush(Duration.ofSeconds(5));
      }
    }
    assertThat(blocks).hasPositiveValue();
    assertThat(texts()).containsExactly("by the application", "a first block");
  }

  @Test
  void aReadyLineMakesNoObjects() {
    Runnable line = readyLine();
    ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    int seen = 0;
    try (Telemetry telemetry = telemetry().chunkBytes(64 << 20).start()) {
      for (int round = 0; round < 10; round++) {
        long before = bean.getThreadAllocatedBytes(self);
        for (int i = 0; i < 20_000; i++) {
          line.run();
        }
        least = Math.min(least, bean.getThreadAllocatedBytes(self) - before);
        telemetry.flush(Duration.ofSeconds(5));
        seen = Math.max(seen, sink.logs().size());
        sink.clear();
      }
    }
    assertThat(seen).isPositive();
    assertThat(least).isLessThan(20_000); // less than one byte for a line
  }
}
