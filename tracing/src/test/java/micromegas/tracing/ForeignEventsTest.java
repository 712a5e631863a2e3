package micromegas.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testing.RecordedMetric;
import micromegas.tracing.testing.RecordedSpanEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What adapters of other libraries need: contexts without a task, ids from elsewhere, events of
/// the past.
class ForeignEventsTest {
  private static final AsyncSpanSite TASK = Sites.here().asyncSpan("task");
  private static final SpanSite STEP = Sites.here().span("step");
  private static final NamedAsyncSpanSite FOREIGN = Sites.here().namedAsyncSpan();
  private static final WorkSite REQUEST = Sites.here().work((duration, failed) -> failed);
  private static final IntMetric BYTES = Sites.here().intMetric("bytes", "bytes");
  private static final FloatMetric LOAD = Sites.here().floatMetric("load", "percent");
  private static final Log LOG = Log.of(ForeignEventsTest.class);
  private static final long ID = 0xf000_0000_0000_0001L;

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
    assertThat(telemetry.flush(Duration.ofSeconds(5))).isTrue();
    return sink.spans().values().stream().flatMap(List::stream).toList();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anAttachedContextIsCurrentUntilItIsClosed(boolean virtual) throws InterruptedException {
    AsyncSpan outer = FOREIGN.begin(Name.of("outer"), SpanContext.root(), ID);
    List<Long> current = new CopyOnWriteArrayList<>();
    Runnable task =
        () -> {
          try (SpanContext.Attached attached = outer.context().attach();
              AsyncSpan inner = TASK.begin()) {
            current.add(SpanContext.currentId());
            STEP.enter(); // left open
          }
          current.add(SpanContext.currentId());
        };
    Thread thread = virtual ? Virtual.start(task) : new Thread(task);
    if (!virtual) {
      thread.start();
    }
    thread.join();
    outer.end();
    assertThat(current).containsExactly(ID, 0L);
    assertThat(spans())
        .filteredOn(RecordedSpanEvent::isAsync)
        .filteredOn(span -> !span.name().endsWith("step"))
        .extracting(
            RecordedSpanEvent::name,
            RecordedSpanEvent::parent,
            RecordedSpanEvent::depth,
            RecordedSpanEvent::isBegin)
        .containsExactlyInAnyOrder(
            tuple("outer", 0L, 0, true),
            tuple("outer", 0L, 0, false),
            tuple("ForeignEventsTest::task", ID, 1, true),
            tuple("ForeignEventsTest::task", ID, 1, false));
    assertThat(spans()).extracting(RecordedSpanEvent::isBegin).filteredOn(on -> on).hasSize(3);
  }

  @Test
  void anAttachedContextBringsItsUnitOfWork() throws InterruptedException {
    WorkUnit unit = REQUEST.beginDetached();
    Thread thread =
        new Thread(() -> {
          SpanContext.Attached attached = unit.context().attach();
          LOG.debug("a detail");
          TASK.begin().end();
          attached.close();
          LOG.debug("no detail");
        });
    thread.start();
    thread.join();
    unit.close(); // nothing failed: dropped
    assertThat(spans()).isEmpty();
    assertThat(sink.logs()).extracting(RecordedLog::text).containsExactly("no detail");
  }

  @Test
  void closingInTheWrongOrderOrTwiceChangesNothing() {
    assertThat(telemetry.losses()).isEmpty();
    SpanContext.root().run(ForeignEventsTest::closeWrongly);
    assertThat(telemetry.losses()).containsOnlyKeys("misuse");
    assertThat(SpanContext.currentId()).isZero();
  }

  private static void closeWrongly() {
    AsyncSpan first = TASK.begin();
    AsyncSpan second = TASK.begin();
    SpanContext.Attached one = first.context().attach();
    SpanContext.Attached two = second.context().attach();
    one.close();
    assertThat(SpanContext.currentId()).isEqualTo(second.id());
    two.close();
    two.close();
    assertThat(SpanContext.currentId()).isEqualTo(first.id());
    SpanContext.root().run(() -> first.context().attach());
    assertThat(SpanContext.currentId()).isEqualTo(first.id());
    first.end();
    second.end();
    Runnable leak = () -> SpanContext.root().attach();
    TASK.run(leak);
    assertThat(SpanContext.currentId()).isEqualTo(first.id());
  }

  @Test
  void eventsOfThePastHaveTheirOwnTimes() {
    long start = Ticks.now();
    LOG.info("now");
    PastEvents batch = new PastEvents();
    batch.log(LOG, Level.INFO, start + 2, "second", PropertySet.of("trace_id", "t1"));
    batch.log(LOG, Level.TRACE, start + 2, "off", PropertySet.EMPTY);
    batch.log(LOG, Level.INFO, start + 1, "first", PropertySet.EMPTY);
    batch.log(LOG, Level.INFO, start - Duration.ofDays(1).toNanos(), "too old", PropertySet.EMPTY);
    batch.span(FOREIGN, Name.of("child"), ID + 1, ID, 1, start + 5, start + 7);
    batch.span(FOREIGN, Name.of("parent"), ID, 0, 0, start + 3, start + 9);
    batch.record();
    batch.record(); // nothing more
    assertThat(spans())
        .extracting(RecordedSpanEvent::name, RecordedSpanEvent::ticks, RecordedSpanEvent::isBegin)
        .containsExactly(
            tuple("parent", start + 3, true),
            tuple("child", start + 5, true),
            tuple("child", start + 7, false),
            tuple("parent", start + 9, false));
    assertThat(sink.logs())
        .extracting(RecordedLog::text, RecordedLog::properties)
        .containsExactly(
            tuple("too old", Map.of()),
            tuple("first", Map.of()),
            tuple("second", Map.of("trace_id", "t1")),
            tuple("now", Map.of()));
    assertThat(sink.blocks())
        .allSatisfy(
            block -> assertThat(block.info().beginTicks()).isBetween(0L, block.info().endTicks()));
  }

  @Test
  void samplesOfThePastKeepTheirTimesAndProperties() {
    long start = Ticks.now();
    BYTES.record(1);
    PastEvents batch = new PastEvents();
    batch.metric(LOAD, 0.5, PropertySet.EMPTY, start + 3);
    batch.metric(BYTES, 5, PropertySet.of("class", "byte[]"), start + 1);
    batch.metric(BYTES, -5, PropertySet.EMPTY, start + 2);
    batch.record();
    assertThat(telemetry.flush(Duration.ofSeconds(5))).isTrue();
    assertThat(sink.metrics())
        .filteredOn(metric -> List.of("bytes", "load").contains(metric.name()))
        .extracting(
            RecordedMetric::value, metric -> metric.ticks() - start, RecordedMetric::properties)
        .startsWith(
            tuple(5.0, 1L, Map.of("class", "byte[]")),
            tuple(-5.0, 2L, Map.of()),
            tuple(0.5, 3L, Map.of()))
        .hasSize(4)
        .last()
        .extracting(last -> last.toList().get(0))
        .isEqualTo(1.0);
    assertThat(StreamValidator.validate(sink.process().orElseThrow(), sink.blocks())).isEmpty();
  }

  @Test
  void aBatchOfAnEarlierSessionIsForgotten() {
    PastEvents batch = new PastEvents();
    batch.log(LOG, Level.INFO, Ticks.now(), "old", PropertySet.EMPTY);
    telemetry.close();
    sink.clear();
    start();
    batch.record();
    new PastEvents().record();
    spans();
    assertThat(sink.logs()).isEmpty();
  }
}
