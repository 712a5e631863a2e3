package micromegas.tracing.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import micromegas.tracing.AsyncSpanSite;
import micromegas.tracing.IntMetric;
import micromegas.tracing.KeepPolicy;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Log;
import micromegas.tracing.LogSite;
import micromegas.tracing.Name;
import micromegas.tracing.NamedSpanSite;
import micromegas.tracing.PropertySet;
import micromegas.tracing.Sites;
import micromegas.tracing.SpanContext;
import micromegas.tracing.SpanScope;
import micromegas.tracing.SpanSite;
import micromegas.tracing.Telemetry;
import micromegas.tracing.TelemetryBuilder;
import micromegas.tracing.Ticks;
import micromegas.tracing.WorkSite;
import micromegas.tracing.WorkUnit;
import micromegas.tracing.spi.BlockSampler;
import micromegas.tracing.spi.OnDemandSampler;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testing.RecordedMetric;
import micromegas.tracing.testing.RecordedSpanEvent;
import org.junit.jupiter.api.Test;

/// Examples of `docs/instrumentation.md`: compiled here, run here, and compared with the text by
/// [DocumentedExamplesTest].
class ExamplesTest {
  // example: sites
  private static final SpanSite PLACE = Sites.here().span("place");
  private static final IntMetric QUEUE = Sites.here().intMetric("order_queue", "count");
  private static final IntMetric LATENCY = Sites.here().intMetric("order_latency", Ticks.UNIT);
  private static final LogSite STARTED = Sites.here().info("order service started");
  private static final Log LOG = Log.of(ExamplesTest.class);

  // end

  // example: place
  void place(Order order) {
    long begin = Ticks.now();
    try (SpanScope scope = PLACE.enter()) {
      QUEUE.record(queue.size());
      LOG.info("order {} of {} lines", order.id(), order.lines());
      store(order);
    }
    LATENCY.record(Ticks.now() - begin);
  }

  // end

  // example: named
  private static final NamedSpanSite STATEMENT = Sites.here().namedSpan();
  private static final Name INSERT = Name.of("insert into orders");

  void store(Order order) {
    try (SpanScope scope = STATEMENT.enter(INSERT)) {
      queue.add(order);
    }
  }

  // end

  // example: async
  private static final AsyncSpanSite NOTIFY = Sites.here().asyncSpan("notify");
  private static final AsyncSpanSite SEND = Sites.here().asyncSpan("send");

  private final ExecutorService pool = SpanContext.wrap(Executors.newFixedThreadPool(2));

  CompletableFuture<Void> notifyCustomer(Order order) {
    return NOTIFY.traceStarting(
        () -> CompletableFuture.runAsync(() -> SEND.run(() -> send(order)), pool));
  }

  // end

  // example: work
  private static final WorkSite REQUEST =
      Sites.here().work(KeepPolicy.slowerThan(Duration.ofMillis(200)).orFailed().orOneIn(1_000));

  void handle(Order order) {
    try (WorkUnit request = REQUEST.begin()) {
      LOG.debug("basket {}", order);
      if (order.lines() == 0) {
        LOG.warn("order {} is empty", order.id());
        request.fail();
      }
      place(order);
    }
  }

  // end

  private record Order(long id, int lines) {}

  private final List<Order> queue = new ArrayList<>();

  private void send(Order order) {
    LOG.info("sent {}", order.id());
  }

  @Test
  void examplesDoWhatTheTextSays() {
    // example: memory
    MemorySink sink = new MemorySink();
    try (Telemetry telemetry = Telemetry.builder().sink(sink).spans(true).start()) {
      STARTED.log();
      place(new Order(1, 3));
      telemetry.flush(Duration.ofSeconds(1));
      assertThat(sink.logs())
          .extracting(RecordedLog::text)
          .containsExactly("order service started", "order 1 of 3 lines");
    }
    // end
    assertThat(sink.metrics())
        .extracting(RecordedMetric::name)
        .contains("order_queue", "order_latency");
    assertThat(
            sink.spans().values().iterator().next().stream()
                .filter(RecordedSpanEvent::isBegin)
                .map(RecordedSpanEvent::name))
        .containsExactly("ExamplesTest::place", "insert into orders");
  }

  @Test
  void asyncSpansAndUnitsOfWork() {
    MemorySink sink = new MemorySink();
    try (Telemetry telemetry =
        Telemetry.builder().sink(sink).spans(true).consoleLevels(LevelFilter.OFF).start()) {
      notifyCustomer(new Order(2, 1)).join();
      handle(new Order(3, 0));
      // example: switches
      telemetry.recordLevels(LevelFilter.parse("info,com.acme.orders=trace"));
      telemetry.switchSpans(false);
      // end
      LOG.log(micromegas.tracing.Level.INFO, "tagged", PropertySet.of("zone", "eu"));
    }
    pool.shutdown();
    assertThat(sink.logs())
        .extracting(RecordedLog::text)
        .contains("sent 2", "basket Order[id=3, lines=0]", "order 3 is empty", "tagged");
    List<RecordedSpanEvent> begins =
        sink.spans().values().stream()
            .flatMap(List::stream)
            .filter(RecordedSpanEvent::isBegin)
            .toList();
    RecordedSpanEvent outer = named(begins, "ExamplesTest::notify");
    assertThat(named(begins, "ExamplesTest::send").parent()).isEqualTo(outer.id());
    assertThat(named(begins, "ExamplesTest::place").isAsync()).isFalse();
  }

  @Test
  void samplersAreCombined() {
    MemorySink sink = new MemorySink();
    TelemetryBuilder builder =
        Telemetry.builder().sink(sink).spans(true).consoleLevels(LevelFilter.OFF);
    // example: sampler
    OnDemandSampler recorder = BlockSampler.onDemand(Duration.ofMinutes(2));
    builder.sampler(
        BlockSampler.aroundErrors(Duration.ofSeconds(30), Duration.ofSeconds(5))
            .or(BlockSampler.latencySpikes(1.5, Duration.ofMinutes(2)))
            .or(BlockSampler.ratio(0.01, Duration.ofMinutes(10)))
            .or(recorder));
    try (Telemetry telemetry = builder.start()) {
      place(new Order(4, 1));
      recorder.keepLast(Duration.ofSeconds(30));
    }
    // end
    assertThat(sink.logs()).extracting(RecordedLog::text).containsExactly("order 4 of 1 lines");
    assertThat(sink.spans()).hasSize(1);
  }

  private static RecordedSpanEvent named(List<RecordedSpanEvent> events, String name) {
    return events.stream().filter(e -> e.name().equals(name)).findFirst().orElseThrow();
  }
}
