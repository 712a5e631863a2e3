package micromegas.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import micromegas.tracing.spi.Recorder;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testing.RecordedMetric;
import micromegas.tracing.testing.RecordedSpanEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is recorded is what is read back, by the reader of the server.
class RecordingTest {
  private static final SpanSite OUTER = Sites.here().span("outer");
  private static final SpanSite INNER = Sites.here().span("inner");
  private static final NamedSpanSite NAMED = Sites.here().namedSpan();
  private static final AsyncSpanSite TASK = Sites.here().asyncSpan("task");
  private static final IntMetric COUNT = Sites.here().intMetric("count", "count");
  private static final FloatMetric RATIO = Sites.here().floatMetric("ratio", "percent");
  private static final LogSite STARTED = Sites.here().info("started");
  private static final Log LOG = Log.of(RecordingTest.class);

  private final MemorySink sink = new MemorySink();
  private Telemetry telemetry;

  @BeforeEach
  void start() {
    telemetry =
        Telemetry.builder()
            .sink(sink)
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

  private void flush() {
    assertThat(telemetry.flush(Duration.ofSeconds(5))).isTrue();
  }

  @Test
  void logsAreReadBack() {
    STARTED.log();
    STARTED.log(PropertySet.of("zone", "eu", "level", "weird"));
    LOG.info("plain");
    LOG.warn("one {} and {}", "a", 2);
    LOG.error("failed {}", 7, new IllegalStateException("why"));
    LOG.debug("ünïcödé 😀 {}", "\ud800");
    LOG.trace("not recorded by default");
    LOG.info("x".repeat(200_000));
    flush();
    List<RecordedLog> logs = sink.logs();
    assertThat(logs).hasSize(7);
    assertThat(logs).extracting(RecordedLog::target).containsOnly(RecordingTest.class.getName());
    assertThat(logs.get(0).text()).isEqualTo("started");
    assertThat(logs.get(1).properties()).isEqualTo(Map.of("zone", "eu", "tag.level", "weird"));
    assertThat(logs.get(1).text()).isEqualTo("started");
    assertThat(logs.get(2).level()).isEqualTo(Level.INFO);
    assertThat(logs.get(3).text()).isEqualTo("one a and 2");
    assertThat(logs.get(4).text())
        .startsWith("failed 7\njava.lang.IllegalStateException: why\n\tat ");
    assertThat(logs.get(4).properties())
        .isEqualTo(Map.of("exception.type", "java.lang.IllegalStateException"));
    assertThat(logs.get(5).text()).isEqualTo("ünïcödé 😀 \ufffd");
    assertThat(logs.get(6).text()).startsWith("xxx").endsWith("more characters)");
    assertThat(logs.get(6).text().length()).isLessThanOrEqualTo(64 * 1024);
  }

  @Test
  void metricsAreReadBack() {
    COUNT.record(7);
    COUNT.record(-7);
    COUNT.record(Long.MAX_VALUE, PropertySet.of("a", "1", "name", "x"));
    RATIO.record(0.5);
    DefaultContext.set("tenant", "t1");
    RATIO.record(1.5);
    DefaultContext.clear();
    flush();
    List<RecordedMetric> metrics =
        sink.metrics().stream().filter(m -> !m.name().equals("clock_offset_ns")).toList();
    assertThat(metrics)
        .extracting(RecordedMetric::value)
        .containsExactly(7.0, -7.0, (double) Long.MAX_VALUE, 0.5, 1.5);
    assertThat(metrics.get(1).isInteger()).isFalse();
    assertThat(metrics.get(2).properties()).isEqualTo(Map.of("a", "1", "tag.name", "x"));
    assertThat(metrics.get(4).properties()).isEqualTo(Map.of("tenant", "t1"));
    assertThat(metrics.get(0).name()).isEqualTo("count");
  }

  @Test
  void spansOfAThreadNest() {
    try (SpanScope a = OUTER.enter()) {
      try (SpanScope b = INNER.enter()) {
        try (SpanScope c = NAMED.enter(Name.of("select"))) {
          int token = Recorder.begin(INNER.id());
          var left = OUTER.enter();
          assertThat(left).isSameAs(c).isSameAs(b).isSameAs(a);
          Recorder.end(token);
        }
      }
    }
    flush();
    assertThat(names(sink.spans().values().iterator().next()))
        .containsExactly(
            "+RecordingTest::outer",
            "+RecordingTest::inner",
            "+select",
            "+RecordingTest::inner",
            "+RecordingTest::outer",
            "-RecordingTest::outer",
            "-RecordingTest::inner",
            "-select",
            "-RecordingTest::inner",
            "-RecordingTest::outer");
    assertThat(sink.streams().get(0).properties())
        .containsEntry("thread-name", Thread.currentThread().getName());
  }

  @Test
  void spansOfIdleAndDeadThreadsAreNotLost() throws InterruptedException {
    Thread thread = new Thread(() -> OUTER.enter(), "short");
    thread.start();
    thread.join();
    flush();
    assertThat(names(sink.spans().values().iterator().next()))
        .containsExactly("+RecordingTest::outer");
  }

  @Test
  void virtualThreadsRecordAsyncSpans() throws Exception {
    Virtual.start(
            () -> {
              try (SpanScope a = OUTER.enter()) {
                Thread.yield();
                try (SpanScope b = NAMED.enter(Name.of("x"))) {
                  assertThat(SpanContext.currentId()).isNotZero();
                }
                CompletableFuture.runAsync(SpanContext.wrap((Runnable) () -> TASK.run(() -> {})))
                    .join();
              }
            })
        .join();
    flush();
    List<RecordedSpanEvent> events = new ArrayList<>();
    sink.spans().values().forEach(events::addAll);
    assertThat(events).allMatch(RecordedSpanEvent::isAsync).hasSize(6);
    RecordedSpanEvent outer = find(events, "RecordingTest::outer");
    assertThat(outer.parent()).isZero();
    assertThat(outer.depth()).isZero();
    for (String child : List.of("x", "RecordingTest::task")) {
      assertThat(find(events, child).parent()).isEqualTo(outer.id());
      assertThat(find(events, child).depth()).isEqualTo(1);
    }
  }

  @Test
  void contextGoesThroughExecutorsAndStages() throws Exception {
    ExecutorService pool = SpanContext.wrap(Executors.newFixedThreadPool(2));
    CompletableFuture<String> stage = new CompletableFuture<>();
    TASK.call(() -> {
      TASK.trace(stage);
      pool.submit(() -> TASK.run(() -> {})).get();
      return null;
    });
    stage.cancel(true);
    pool.shutdown();
    AsyncSpan twice = TASK.begin();
    twice.end();
    twice.end();
    flush();
    List<RecordedSpanEvent> events = new ArrayList<>();
    sink.spans().values().forEach(events::addAll);
    assertThat(events).hasSize(8);
    assertThat(events.stream().filter(e -> e.depth() == 1)).hasSize(4);
    long root = events.stream().filter(e -> e.depth() == 0).findFirst().orElseThrow().id();
    assertThat(events.stream().filter(e -> e.depth() == 1).map(RecordedSpanEvent::parent))
        .containsOnly(root);
  }

  @Test
  void imagesAreReadBack() {
    Images.send("shot", "image/png", ByteBuffer.allocate(100_000));
    Images.send("too large", "image/png", ByteBuffer.allocate(10 << 20));
    Images.send(null, null, null);
    flush();
    assertThat(sink.images()).hasSize(1);
    assertThat(sink.images().get(0).bytes()).isEqualTo(100_000);
  }

  @Test
  void detailsAreKeptOrDroppedAtTheEnd() {
    WorkSite failing = Sites.here().work(KeepPolicy.failed()).details(Level.TRACE);
    for (int i = 0; i < 10; i++) {
      try (WorkUnit unit = failing.begin()) {
        try (SpanScope scope = OUTER.enter()) {
          LOG.trace("detail {}", i);
          LOG.info("always {}", i);
          if (i == 7) {
            unit.fail();
          }
        }
      }
      flush();
    }
    flush();
    assertThat(sink.logs())
        .extracting(RecordedLog::text)
        .filteredOn(t -> t.startsWith("detail"))
        .containsExactly("detail 7");
    assertThat(sink.logs())
        .extracting(RecordedLog::text)
        .filteredOn(t -> t.startsWith("always"))
        .hasSize(10);
    assertThat(names(sink.spans().values().iterator().next()))
        .containsExactly("+RecordingTest::outer", "-RecordingTest::outer");
  }

  @Test
  void nothingIsThrownForNulls() {
    LOG.info(null);
    LOG.info(null, (Object) null);
    LOG.info("{} {}", null, null);
    LOG.log(Level.INFO, null, null, null);
    COUNT.record(1, null);
    PropertySet.of(null, null);
    Name.of(null);
    flush();
    assertThat(sink.logs()).hasSize(4);
  }

  @Test
  void switchesAndLevelsChangeAtRunTime() {
    SpanScope open = OUTER.enter();
    telemetry.switchSpans(false);
    INNER.enter().close();
    open.close();
    telemetry.recordLevels(LevelFilter.parse("warn,micromegas.tracing=trace"));
    LOG.trace("now");
    Log.of("other").info("not");
    telemetry.switchMetrics(false);
    COUNT.record(1);
    flush();
    assertThat(names(sink.spans().values().iterator().next()))
        .containsExactly("+RecordingTest::outer", "-RecordingTest::outer");
    assertThat(sink.logs()).extracting(RecordedLog::text).containsExactly("now");
    assertThat(sink.metrics()).isEmpty();
  }

  private static RecordedSpanEvent find(List<RecordedSpanEvent> events, String name) {
    return events.stream()
        .filter(e -> e.name().equals(name) && e.isBegin())
        .findFirst()
        .orElseThrow();
  }

  static List<String> names(List<RecordedSpanEvent> events) {
    return events.stream().map(e -> (e.isBegin() ? "+" : "-") + e.name()).toList();
  }
}
