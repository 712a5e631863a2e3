package micromegas.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import micromegas.tracing.spi.Recorder;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testing.RecordedSpanEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Random use by many threads, cut at random moments, gives streams that readers accept and that
/// hold everything that was recorded.
class WellFormednessTest {
  private static final SpanSite[] SITES = new SpanSite[20];
  private static final NamedSpanSite NAMED = Sites.here().namedSpan();
  private static final AsyncSpanSite TASK = Sites.here().asyncSpan("task");
  private static final IntMetric COUNT = Sites.here().intMetric("fuzz_count", "count");
  private static final Log LOG = Log.of("fuzz");
  private static final WorkSite WORK =
      Sites.here().work((duration, failed) -> failed).details(Level.TRACE);

  static {
    for (int i = 0; i < SITES.length; i++) {
      SITES[i] = Sites.here().span("site" + i);
    }
  }

  private final MemorySink sink = new MemorySink();
  private Telemetry telemetry;

  private void start(long chunkBytes, int blockBytes) {
    telemetry =
        Telemetry.builder()
            .sink(sink)
            .spans(true)
            .consoleLevels(LevelFilter.OFF)
            .jvmPeriod(Duration.ZERO)
            .shutdownHook(false)
            .chunkBytes(chunkBytes)
            .blockBytes(blockBytes)
            .start();
  }

  @AfterEach
  void stop() {
    if (telemetry != null) {
      telemetry.close();
    }
  }

  @Test
  void randomUseByManyThreads() throws InterruptedException {
    start(32 << 20, 64 << 10);
    AtomicLong spans = new AtomicLong();
    AtomicLong samples = new AtomicLong();
    AtomicLong lines = new AtomicLong();
    AtomicLong kept = new AtomicLong();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 6; t++) {
      long seed = t;
      Runnable work =
          () -> {
            SplittableRandom random = new SplittableRandom(seed);
            for (int i = 0; i < 300; i++) {
              recurse(random, 0, spans, samples, lines);
              if (random.nextInt(4) == 0) {
                boolean fails = random.nextInt(3) == 0;
                try (WorkUnit unit = WORK.begin()) {
                  recurse(random, 0, fails ? spans : new AtomicLong(), samples, lines);
                  LOG.trace("detail");
                  if (fails) {
                    kept.incrementAndGet();
                    unit.fail();
                  }
                }
              }
            }
          };
      threads.add(t < 4 ? new Thread(work, "fuzz-" + t) : null);
      if (t >= 4) {
        threads.set(t, Virtual.start(work));
      } else {
        threads.get(t).start();
      }
    }
    SplittableRandom random = new SplittableRandom(99);
    while (threads.stream().anyMatch(Thread::isAlive)) {
      telemetry.flush(Duration.ofSeconds(1));
      LockSupport.parkNanos(random.nextInt(2_000_000));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    telemetry.close();
    assertThat(StreamValidator.validate(sink.process().orElseThrow(), sink.blocks())).isEmpty();
    assertThat(sink.metrics().stream().filter(m -> m.name().equals("mm_dropped_events"))).isEmpty();
    long begins =
        sink.spans().values().stream()
            .flatMap(List::stream)
            .filter(RecordedSpanEvent::isBegin)
            .count();
    long ends =
        sink.spans().values().stream().flatMap(List::stream).filter(e -> !e.isBegin()).count();
    assertThat(begins).isEqualTo(spans.get()).isEqualTo(ends);
    assertThat(sink.metrics().stream().filter(m -> m.name().equals("fuzz_count")).count())
        .isEqualTo(samples.get());
    assertThat(sink.logs().stream().filter(l -> l.text().startsWith("line")).count())
        .isEqualTo(lines.get());
    assertThat(sink.logs()).filteredOn(l -> l.text().equals("detail")).hasSize((int) kept.get());
  }

  private void recurse(
      SplittableRandom random, int depth, AtomicLong spans, AtomicLong samples, AtomicLong lines) {
    int token = 0;
    try (SpanScope scope = enter(random)) {
      spans.incrementAndGet();
      for (int i = random.nextInt(depth > 5 ? 2 : 4); i > 0; i--) {
        recurse(random, depth + 1, spans, samples, lines);
      }
      switch (random.nextInt(8)) {
        case 0 -> throw new IllegalStateException("expected");
        case 1 -> {
          COUNT.record(random.nextInt());
          samples.incrementAndGet();
        }
        case 2 -> {
          COUNT.record(1, PropertySet.of("k", "v" + random.nextInt(50)));
          samples.incrementAndGet();
        }
        case 3 -> {
          LOG.info("line {}", random.nextInt());
          lines.incrementAndGet();
        }
        case 4 -> {
          TASK.run(() -> {});
          spans.incrementAndGet();
        }
        case 5 -> {
          token = Recorder.begin(SITES[0].id());
          SITES[1].enter();
          spans.addAndGet(2);
          Recorder.end(token);
        }
        default -> {}
      }
    } catch (IllegalStateException expected) {
      assertThat(expected).hasMessage("expected");
    }
  }

  private static SpanScope enter(SplittableRandom random) {
    return random.nextInt(10) == 0
        ? NAMED.enter(Name.of("name" + random.nextInt(30)))
        : SITES[random.nextInt(SITES.length)].enter();
  }

  @Test
  void deepAndMisusedScopesLeaveTheStreamGood() throws InterruptedException {
    start(32 << 20, 1 << 20);
    List<SpanScope> scopes = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      scopes.add(SITES[i % SITES.length].enter());
    }
    SpanScope innermost = scopes.get(0);
    Thread other = new Thread(innermost::close);
    other.start();
    other.join();
    for (int i = scopes.size() - 1; i >= 0; i--) {
      scopes.get(i).close();
    }
    innermost.close(); // once too often
    telemetry.close();
    assertThat(StreamValidator.validate(sink.process().orElseThrow(), sink.blocks())).isEmpty();
    assertThat(sink.spans().values().iterator().next()).hasSize(2 * 1_024);
    assertThat(losses()).containsEntry("deep_spans", 1_976.0).containsEntry("misuse", 2.0);
  }

  @Test
  void lossesAreCountedWhenMemoryRunsOut() {
    start(256 << 10, 1 << 20);
    int written = 200_000;
    for (int i = 0; i < written; i++) {
      SITES[0].enter().close();
      LOG.info("some text of no great length");
    }
    telemetry.close();
    assertThat(StreamValidator.validate(sink.process().orElseThrow(), sink.blocks())).isEmpty();
    long begins =
        sink.spans().values().stream()
            .flatMap(List::stream)
            .filter(RecordedSpanEvent::isBegin)
            .count();
    assertThat(begins + losses().getOrDefault("spans", 0.0).longValue()).isEqualTo(written);
    assertThat(sink.logs().size() + losses().getOrDefault("logs", 0.0).longValue())
        .isEqualTo(written);
  }

  @Test
  void detailsOfOtherThreadsWaitForTheVerdict() throws InterruptedException {
    start(32 << 20, 1 << 20);
    for (boolean fails : new boolean[] {false, true}) {
      WorkUnit unit = WORK.beginDetached();
      Thread helper =
          new Thread(() ->
              unit.context()
                  .run(() -> {
                    SITES[3].enter().close();
                    LOG.debug("helper " + fails);
                    TASK.run(() -> {});
                  }));
      helper.start();
      helper.join();
      telemetry.flush(Duration.ofSeconds(1));
      if (fails) {
        unit.fail();
      }
      unit.close();
      telemetry.flush(Duration.ofSeconds(1));
    }
    telemetry.close();
    assertThat(StreamValidator.validate(sink.process().orElseThrow(), sink.blocks())).isEmpty();
    assertThat(sink.logs()).extracting(RecordedLog::text).containsExactly("helper true");
    assertThat(sink.spans().values().stream().mapToInt(List::size).sum()).isEqualTo(4);
  }

  private Map<String, Double> losses() {
    Map<String, Double> losses = new java.util.HashMap<>();
    sink.metrics().stream()
        .filter(m -> m.name().equals("mm_dropped_events"))
        .forEach(m -> losses.merge(m.properties().get("kind"), m.value(), Double::sum));
    return losses;
  }
}
