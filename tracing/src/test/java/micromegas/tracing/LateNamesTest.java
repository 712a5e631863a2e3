package micromegas.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.tracing.spi.StreamKind;
import micromegas.tracing.testing.BlockDecoder;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testing.RecordedMetric;
import micromegas.tracing.testing.RecordedSpanEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Spans whose names are known after their begin, and events that carry the id of their span.
class LateNamesTest {
  private static final NamedAsyncSpanSite REQUEST = Sites.here().namedAsyncSpan();
  private static final AsyncSpanSite TASK = Sites.here().asyncSpan("task");
  private static final WorkSite WORK = Sites.here().work((duration, failed) -> failed);
  private static final Name ROUTE = Name.of("GET /orders/{id}");
  private static final Name UNMATCHED = Name.of("GET (unmatched)");
  private static final Log LOG = Log.of("late");
  private static final IntMetric METRIC = Sites.here().intMetric("late", "");

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

  private List<RecordedSpanEvent> spans() {
    telemetry.flush(Duration.ofSeconds(5));
    for (FinishedBlock block : sink.blocks()) {
      if (block.kind() == StreamKind.SPANS) {
        long start = sink.process().orElseThrow().startTicks();
        assertThat(new BlockDecoder().spans(block))
            .extracting(event -> event.ticks() - start)
            .allMatch(
                ticks -> block.info().beginTicks() <= ticks && ticks <= block.info().endTicks());
      }
    }
    return sink.spans().values().stream()
        .flatMap(List::stream)
        .sorted(Comparator.comparingLong(RecordedSpanEvent::ticks))
        .toList();
  }

  private static RecordedSpanEvent begin(List<RecordedSpanEvent> events, long id) {
    return events.stream()
        .filter(event -> event.id() == id && event.isBegin())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void bothEventsHaveTheNameAndTheirOwnTimes() {
    long before = Ticks.now();
    LateNamedSpan request = REQUEST.beginUnnamed(UNMATCHED, SpanContext.root());
    long begun = Ticks.now();
    request.context().run(() -> TASK.run(() -> {}));
    assertThat(spans()).extracting(RecordedSpanEvent::name).doesNotContain(ROUTE.toString());
    long named = Ticks.now();
    assertThat(request.name(ROUTE)).isTrue();
    assertThat(request.name(Name.of("GET /error"))).isFalse();
    // The begin does not wait for the end.
    assertThat(begin(spans(), request.id()).name()).isEqualTo("GET /orders/{id}");
    request.end();
    request.end();
    List<RecordedSpanEvent> events = spans();
    assertThat(events)
        .extracting(
            RecordedSpanEvent::name,
            RecordedSpanEvent::isBegin,
            RecordedSpanEvent::parent,
            RecordedSpanEvent::depth)
        .containsExactlyInAnyOrder(
            tuple("GET /orders/{id}", true, 0L, 0),
            tuple("LateNamesTest::task", true, request.id(), 1),
            tuple("LateNamesTest::task", false, request.id(), 1),
            tuple("GET /orders/{id}", false, 0L, 0));
    assertThat(begin(events, request.id()).ticks()).isBetween(before, begun);
    assertThat(events.get(events.size() - 1).ticks()).isGreaterThan(named);
    assertThat(telemetry.losses()).containsOnlyKeys("misuse");
  }

  @Test
  void withoutANameTheOtherOneIsTaken() {
    LateNamedSpan request = REQUEST.beginUnnamed(UNMATCHED, SpanContext.root());
    request.end();
    assertThat(request.name(ROUTE)).isFalse();
    assertThat(spans())
        .extracting(RecordedSpanEvent::name, RecordedSpanEvent::isBegin)
        .containsExactly(tuple("GET (unmatched)", true), tuple("GET (unmatched)", false));
  }

  @Test
  void itBelongsToItsUnitOfWork() {
    for (boolean fails : List.of(false, true)) {
      WorkUnit unit = WORK.beginDetached();
      LateNamedSpan request = REQUEST.beginUnnamed(UNMATCHED, unit.context());
      request.context().run(() -> TASK.run(() -> {}));
      request.name(Name.of(fails ? "failed" : "fine"));
      assertThat(spans()).isEmpty();
      request.end();
      if (fails) {
        unit.fail();
      }
      unit.close();
    }
    assertThat(spans())
        .extracting(RecordedSpanEvent::name, RecordedSpanEvent::isBegin)
        .containsExactly(
            tuple("failed", true),
            tuple("LateNamesTest::task", true),
            tuple("LateNamesTest::task", false),
            tuple("failed", false));
  }

  @Test
  void aNameAfterTheVerdictIsNotLost() {
    for (boolean fails : List.of(false, true)) {
      WorkUnit unit = WORK.beginDetached();
      LateNamedSpan request = REQUEST.beginUnnamed(UNMATCHED, unit.context());
      if (fails) {
        unit.fail();
      }
      unit.close();
      request.name(Name.of(fails ? "failed" : "fine"));
      request.end();
    }
    assertThat(spans())
        .extracting(RecordedSpanEvent::name, RecordedSpanEvent::isBegin)
        .containsExactly(tuple("failed", true), tuple("failed", false));
  }

  /// Names come while the reader cuts, and verdicts while names come.
  @Test
  void nothingIsLostWhenEverythingHappensAtOnce() throws InterruptedException {
    int each = 500;
    List<Thread> threads =
        IntStream.range(0, 4)
            .mapToObj(thread ->
                new Thread(() -> {
                  for (int i = 0; i < each; i++) {
                    WorkUnit unit = WORK.beginDetached();
                    unit.fail();
                    LateNamedSpan request = REQUEST.beginUnnamed(UNMATCHED, unit.context());
                    if (i % 2 == 0) {
                      request.name(ROUTE);
                      unit.close();
                    } else {
                      unit.close();
                      request.name(ROUTE);
                    }
                    request.end();
                  }
                }))
            .toList();
    threads.forEach(Thread::start);
    while (threads.stream().anyMatch(Thread::isAlive)) {
      telemetry.flush(Duration.ZERO);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    List<RecordedSpanEvent> events = spans();
    assertThat(telemetry.losses()).isEmpty();
    assertThat(events).hasSize(2 * 4 * each);
    assertThat(events.stream().filter(RecordedSpanEvent::isBegin).map(RecordedSpanEvent::id))
        .doesNotHaveDuplicates()
        .hasSize(4 * each);
  }

  @Test
  void nothingIsRecordedWhileSpansAreOff() {
    telemetry.switchSpans(false);
    SpanContext outer = SpanContext.of(0xf000_0000_0000_0001L);
    LateNamedSpan request = REQUEST.beginUnnamed(UNMATCHED, outer);
    assertThat(request.id()).isZero();
    assertThat(request.context().spanId()).isEqualTo(outer.spanId());
    request.name(ROUTE);
    request.end();
    request.end();
    assertThat(spans()).isEmpty();
    assertThat(telemetry.losses()).isEmpty();
  }

  @Test
  void aContextNeedsNoSpan() {
    long id = 0xf000_0000_0000_0001L;
    SpanContext.of(id).run(() -> TASK.run(() -> assertThat(SpanContext.currentId()).isPositive()));
    assertThat(spans())
        .extracting(RecordedSpanEvent::parent, RecordedSpanEvent::depth)
        .containsExactly(tuple(id, 0), tuple(id, 0));
  }

  @Test
  void logsAndMetricsTellTheirSpan() {
    DefaultContext.spanIds(true);
    try {
      LOG.info("outside");
      SpanContext.of(7)
          .run(() -> {
            LOG.info("inside {}", 1);
            LOG.log(Level.INFO, "with", PropertySet.of("zone", "eu"), null);
            METRIC.record(1);
            METRIC.record(2, PropertySet.of("zone", "eu"));
          });
    } finally {
      DefaultContext.spanIds(false);
    }
    SpanContext.of(7).run(() -> LOG.info("off"));
    telemetry.flush(Duration.ofSeconds(5));
    String key = DefaultContext.SPAN_ID;
    assertThat(sink.logs())
        .extracting(RecordedLog::text, RecordedLog::properties)
        .containsExactly(
            tuple("outside", Map.of()),
            tuple("inside 1", Map.of(key, "7")),
            tuple("with", Map.of(key, "7", "zone", "eu")),
            tuple("off", Map.of()));
    assertThat(sink.metrics())
        .filteredOn(metric -> metric.name().equals("late"))
        .extracting(RecordedMetric::properties)
        .containsExactly(Map.of(key, "7"), Map.of(key, "7", "zone", "eu"));
  }
}
