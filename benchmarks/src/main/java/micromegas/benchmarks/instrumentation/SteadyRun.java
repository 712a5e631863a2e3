package micromegas.benchmarks.instrumentation;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import micromegas.tracing.IntMetric;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.LogSite;
import micromegas.tracing.Sites;
import micromegas.tracing.SpanSite;
import micromegas.tracing.Telemetry;
import micromegas.tracing.spi.EventSink;
import micromegas.tracing.spi.FinishedBlock;

/// Records 100,000 events per second for some time: 80 % begins and ends of spans, 10 % metrics, 10
/// % constant logs, in batches of a millisecond.
final class SteadyRun {
  private static final SpanSite SPAN = Sites.here().span("steady");
  private static final IntMetric METRIC = Sites.here().intMetric("steady", "count");
  private static final LogSite LOG = Sites.here().info("steady");
  private static final long BATCH_NANOS = 1_000_000;
  private static final int EVENTS = 100;
  private static final int WARM_UP_BATCHES = 20_000;

  private SteadyRun() {}

  /// Prints the part of a core that recording takes, the uplink's nanoseconds per event, by how
  /// many bytes the heap has grown since a third of the time, events recorded, events arrived.
  ///
  /// @param arguments seconds
  public static void main(String[] arguments) {
    long batches = Long.parseLong(arguments[0]) * 1_000;
    AtomicLong arrived = new AtomicLong();
    Telemetry telemetry =
        Telemetry.builder()
            .spans(true)
            .consoleLevels(LevelFilter.OFF)
            .jvmPeriod(Duration.ZERO)
            .metrics(true)
            .sink(
                new EventSink() {
                  @Override
                  public void block(FinishedBlock block) {
                    arrived.addAndGet(block.info().nbObjects());
                  }
                })
            .start();
    for (int i = 0; i < WARM_UP_BATCHES; i++) {
      batch();
    }
    telemetry.flush(Duration.ofSeconds(30));
    long before = arrived.get();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long uplink = uplinkId();
    long uplinkBefore = threads.getThreadCpuTime(uplink);
    long reading = reading(threads);
    long recording = 0;
    long heap = 0;
    long due = System.nanoTime();
    for (long i = 0; i < batches; i++) {
      if (i == batches / 3) {
        heap = heapInUse();
      }
      long begin = threads.getCurrentThreadCpuTime();
      batch();
      recording += Math.max(0, threads.getCurrentThreadCpuTime() - begin - reading);
      due += BATCH_NANOS;
      LockSupport.parkNanos(due - System.nanoTime());
    }
    long grown = heapInUse() - heap;
    telemetry.flush(Duration.ofSeconds(30));
    long recorded = batches * EVENTS;
    long uplinkNanos = threads.getThreadCpuTime(uplink) - uplinkBefore;
    System.out.printf(
        Locale.ROOT,
        "steady %.5f %.1f %d %d %d%n",
        (double) recording / (batches * BATCH_NANOS),
        (double) uplinkNanos / recorded,
        grown,
        recorded,
        arrived.get() - before);
    telemetry.close();
  }

  private static void batch() {
    for (int i = 0; i < EVENTS / 10; i++) {
      SPAN.enter().close();
      SPAN.enter().close();
      SPAN.enter().close();
      SPAN.enter().close();
      METRIC.record(i);
      LOG.log();
    }
  }

  /// What two readings of the processor time in a row differ by.
  private static long reading(ThreadMXBean threads) {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 10_000; i++) {
      long begin = threads.getCurrentThreadCpuTime();
      least = Math.min(least, threads.getCurrentThreadCpuTime() - begin);
    }
    return least;
  }

  private static long uplinkId() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("micromegas-uplink"))
        .mapToLong(Thread::threadId)
        .findFirst()
        .orElseThrow();
  }

  private static long heapInUse() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
