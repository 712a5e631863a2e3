package micromegas.benchmarks.instrumentation;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import micromegas.benchmarks.instrumentation.Operation.Prepared;
import micromegas.tracing.AsyncSpanSite;
import micromegas.tracing.IntMetric;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Log;
import micromegas.tracing.LogSite;
import micromegas.tracing.PropertySet;
import micromegas.tracing.Sites;
import micromegas.tracing.SpanScope;
import micromegas.tracing.SpanSite;
import micromegas.tracing.Telemetry;
import micromegas.tracing.Ticks;
import micromegas.tracing.spi.EventSink;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.tracing.spi.Recorder;
import micromegas.tracing.spi.StreamKind;

/// Our operations, and what they consist of. An uplink encodes what is recorded, beside the owner.
final class OwnOperations {
  private static final SpanSite SPAN = Sites.here().span("span");
  private static final AsyncSpanSite ASYNC = Sites.here().asyncSpan("async");
  private static final IntMetric METRIC = Sites.here().intMetric("metric", "count");
  private static final PropertySet SET = PropertySet.of("a", "b");
  private static final LogSite CONSTANT = Sites.here().info("constant");
  private static final Log LOG = Log.of(OwnOperations.class);
  private static final String READY = "a text of forty-four characters, as measured";

  private static long sink;

  private OwnOperations() {}

  static Prepared empty() {
    return plain(() -> {});
  }

  static Prepared nanoTimeTwice() {
    return plain(() -> sink = System.nanoTime() + System.nanoTime());
  }

  static Prepared counter() {
    sink = Ticks.frequency(); // calibrates now, which the warm-up would be spent on otherwise
    return plain(() -> sink = Ticks.now());
  }

  static Prepared span() {
    return recorded(StreamKind.SPANS, 2, () -> SPAN.enter().close());
  }

  static Prepared nested() {
    return recorded(StreamKind.SPANS, 8, () -> fourSpans());
  }

  static Prepared spanOff() {
    return recorded(StreamKind.SPANS, 0, () -> SPAN.enter().close());
  }

  static Prepared token() {
    return recorded(StreamKind.SPANS, 2, () -> Recorder.end(Recorder.begin(SPAN.id())));
  }

  static Prepared async() {
    return recorded(StreamKind.SPANS, 2, () -> ASYNC.begin().end());
  }

  static Prepared metric() {
    return recorded(StreamKind.METRICS, 1, () -> METRIC.record(7));
  }

  static Prepared taggedMetric() {
    return recorded(StreamKind.METRICS, 1, () -> METRIC.record(7, SET));
  }

  static Prepared constantLog() {
    return recorded(StreamKind.LOGS, 1, () -> CONSTANT.log());
  }

  static Prepared readyLog() {
    return recorded(StreamKind.LOGS, 1, () -> LOG.info(READY));
  }

  static Prepared formattedLog() {
    return recorded(StreamKind.LOGS, 1, () -> LOG.info("a line with the number {}", sink++));
  }

  private static void fourSpans() {
    try (SpanScope a = SPAN.enter();
        SpanScope b = SPAN.enter();
        SpanScope c = SPAN.enter();
        SpanScope d = SPAN.enter()) {
      sink++;
    }
  }

  static Prepared plain(Runnable operation) {
    return new Prepared(batch(operation), () -> {});
  }

  static CpuTime.Batch batch(Runnable operation) {
    return calls -> {
      for (int i = 0; i < calls; i++) {
        operation.run();
      }
    };
  }

  /// All events of all calls must arrive or be counted as lost, see [#lost].
  ///
  /// @param eventsPerCall 0 for spans that are off
  private static Prepared recorded(StreamKind kind, int eventsPerCall, Runnable operation) {
    AtomicLong events = new AtomicLong();
    AtomicLong calls = new AtomicLong();
    Telemetry telemetry =
        Telemetry.builder()
            .spans(eventsPerCall > 0)
            .chunkBytes(192 << 20)
            .consoleLevels(LevelFilter.OFF)
            .jvmPeriod(Duration.ZERO)
            .sink(
                new EventSink() {
                  @Override
                  public void block(FinishedBlock block) {
                    if (block.kind() == kind) {
                      events.addAndGet(block.info().nbObjects());
                    }
                  }
                })
            .start();
    CpuTime.Batch batch = batch(operation);
    return new Prepared(
        count -> {
          calls.addAndGet(count);
          batch.run(count);
        },
        () -> telemetry.flush(Duration.ofSeconds(30)),
        () -> {
          telemetry.flush(Duration.ofSeconds(30));
          long lost = lost();
          telemetry.close();
          if (events.get() + lost < eventsPerCall * calls.get()) {
            throw new IllegalStateException(
                events + " events arrived of " + eventsPerCall * calls.get() + ", lost: " + lost);
          }
        });
  }

  /// Events that telemetry, if it runs, has counted as lost. They cost less than others.
  static long lost() {
    return Telemetry.running()
        .map(telemetry -> telemetry.losses().values().stream().mapToLong(Long::longValue).sum())
        .orElse(0L);
  }
}
