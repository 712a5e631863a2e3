package micromegas.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import micromegas.tracing.spi.EventSink;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.tracing.spi.LogLine;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedSpanEvent;
import micromegas.transit.StreamInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What applications do to a library when nobody looks: nothing is thrown, memory stays in its
/// bounds, and the data says what is missing.
class BadDaysTest {
  private static final SpanSite SPAN = Sites.here().span("span");
  private static final NamedSpanSite NAMED = Sites.here().namedSpan();
  private static final Log LOG = Log.of("bad.days");

  private final MemorySink sink = new MemorySink();
  private Telemetry telemetry;

  private void start(EventSink more, LevelFilter texts) {
    telemetry =
        Telemetry.builder()
            .sink(sink)
            .sink(more, texts)
            .spans(true)
            .consoleLevels(LevelFilter.OFF)
            .jvmPeriod(Duration.ZERO)
            .shutdownHook(false)
            .start();
  }

  @AfterEach
  void stop() {
    telemetry.close();
  }

  private List<String> stop(List<String> kinds) {
    telemetry.close();
    sink.metrics().stream()
        .filter(metric -> metric.name().equals("mm_dropped_events"))
        .forEach(metric -> kinds.add(metric.properties().get("kind")));
    assertThat(StreamValidator.validate(sink.process().orElseThrow(), sink.blocks())).isEmpty();
    return kinds;
  }

  @Test
  void aMessageOfTenMegabytesIsCut() {
    start(new EventSink() {}, LevelFilter.OFF);
    LOG.info("ä".repeat(10_000_000));
    LOG.info("next");
    assertThat(stop(new ArrayList<>())).isEmpty();
    assertThat(sink.logs()).hasSize(2);
    assertThat(sink.logs().get(0).text()).endsWith("more characters)");
    assertThat(sink.logs().get(1).text()).isEqualTo("next");
  }

  @Test
  void namesThatAreComputedPerCallStayInBounds() {
    start(new EventSink() {}, LevelFilter.OFF);
    int names = 40_000; // more than are kept
    for (int i = 0; i < names; i++) {
      try (SpanScope scope = NAMED.enter(Name.of("order " + i))) {
        if (i % 10_000 == 0) {
          telemetry.flush(Duration.ofSeconds(5));
        }
      }
    }
    assertThat(stop(new ArrayList<>())).isEmpty();
    assertThat(
            sink.spans().values().iterator().next().stream()
                .filter(RecordedSpanEvent::isBegin)
                .map(RecordedSpanEvent::name)
                .distinct())
        .hasSize(names);
  }

  @Test
  void aHundredThousandVirtualThreads() throws InterruptedException {
    start(new EventSink() {}, LevelFilter.OFF);
    int count = 100_000;
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      threads.add(
          Virtual.start(() -> {
            try (SpanScope outer = SPAN.enter()) {
              Thread.yield();
            }
          }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    List<String> lost = stop(new ArrayList<>());
    List<RecordedSpanEvent> events = sink.spans().values().iterator().next();
    assertThat(sink.spans()).hasSize(1);
    assertThat(lost).isEmpty();
    assertThat(events).hasSize(2 * count);
  }

  @Test
  void aSinkThatLogsDoesNotFeedItself() {
    List<String> seen = new ArrayList<>();
    start(
        new EventSink() {
          @Override
          public void log(LogLine line) {
            seen.add(line.text());
            LOG.info("inside " + line.text());
          }
        },
        LevelFilter.of(Level.INFO));
    LOG.info("outside");
    assertThat(seen).containsExactly("outside");
    assertThat(stop(new ArrayList<>())).isEmpty();
    assertThat(sink.logs()).hasSize(2);
  }

  /// A class that is not on the class path is an error, not an exception.
  @Test
  void aSinkWithoutItsClassesHurtsNobodyElse() {
    start(
        new EventSink() {
          @Override
          public void stream(StreamInfo stream) {
            throw new NoClassDefFoundError("com/acme/Missing");
          }

          @Override
          public void block(FinishedBlock block) {
            throw new AssertionError();
          }

          @Override
          public Map<String, Long> counters() {
            throw new StackOverflowError();
          }

          @Override
          public boolean isFailing() {
            throw new StackOverflowError();
          }

          @Override
          public boolean flush(Duration timeout) {
            throw new ExceptionInInitializerError();
          }
        },
        LevelFilter.OFF);
    LOG.info("one");
    assertThat(telemetry.flush(Duration.ofSeconds(5))).isFalse();
    LOG.info("two");
    assertThat(stop(new ArrayList<>())).isEmpty();
    assertThat(sink.logs()).hasSize(2);
  }

  @Test
  void aThreadThatDiesInsideASpanLosesNothingElse() throws InterruptedException {
    start(new EventSink() {}, LevelFilter.OFF);
    Thread thread =
        new Thread(() -> {
          try (SpanScope outer = SPAN.enter()) {
            recurse(0);
          } catch (StackOverflowError expected) {
            SPAN.enter(); // never closed
          }
        });
    thread.start();
    thread.join();
    stop(new ArrayList<>());
    List<String> names = RecordingTest.names(sink.spans().values().iterator().next());
    assertThat(names.get(names.size() - 1)).isEqualTo("+BadDaysTest::span");
  }

  private static int recurse(int depth) {
    try (SpanScope scope = SPAN.enter()) {
      return depth < 0 ? 0 : 1 + recurse(depth + 1);
    }
  }
}
