package micromegas.benchmarks.instrumentation;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Sites;
import micromegas.tracing.SpanScope;
import micromegas.tracing.SpanSite;
import micromegas.tracing.Telemetry;
import micromegas.tracing.spi.EventSink;
import micromegas.tracing.spi.FinishedBlock;
import org.HdrHistogram.Histogram;

/// How long a single `enter` takes at most, chunk changes included, while the uplink takes the
/// events away. Every second call does nothing: what the machine does to this thread is in both.
///
/// Calls have a time at which they are due, one each 2 us, and their duration counts from there. So
/// a pause is seen by all calls that it delays, not by one: nothing is omitted.
final class TailRun {
  private static final SpanSite SPAN = Sites.here().span("tail");
  private static final int CALLS = 1_000_000;
  private static final int WARM_UP = 300_000;
  private static final long INTERVAL_NANOS = 2_000;
  private static final int DIGITS = 3;

  private final Histogram nothing = new Histogram(DIGITS);
  private final Histogram enter = new Histogram(DIGITS);
  private final Histogram alone = new Histogram(DIGITS);

  private TailRun() {}

  /// Prints median, 99.9th and 99.99th percentile and maximum in nanoseconds: of nothing, of
  /// `enter`, and of `enter` from the reading of the clock before it; then the events recorded and
  /// those that arrived.
  public static void main(String[] arguments) {
    AtomicLong arrived = new AtomicLong();
    Telemetry telemetry =
        Telemetry.builder()
            .spans(true)
            .consoleLevels(LevelFilter.OFF)
            .jvmPeriod(Duration.ZERO)
            .sink(
                new EventSink() {
                  @Override
                  public void block(FinishedBlock block) {
                    arrived.addAndGet(block.info().nbObjects());
                  }
                })
            .start();
    new TailRun().run(WARM_UP);
    TailRun measured = new TailRun();
    measured.run(CALLS);
    telemetry.close();
    StringBuilder line = new StringBuilder("tail");
    for (Histogram histogram : new Histogram[] {measured.nothing, measured.enter, measured.alone}) {
      line.append(
          String.format(
              Locale.ROOT,
              " %d %d %d %d",
              histogram.getValueAtPercentile(50),
              histogram.getValueAtPercentile(99.9),
              histogram.getValueAtPercentile(99.99),
              histogram.getMaxValue()));
    }
    System.out.println(line + " " + 2L * (WARM_UP + CALLS) + " " + arrived);
  }

  private void run(int calls) {
    long due = System.nanoTime() + INTERVAL_NANOS;
    for (int i = 0; i < calls; i++) {
      awaitTime(due);
      nothing.recordValue(System.nanoTime() - due);
      due += INTERVAL_NANOS;
      awaitTime(due);
      long begin = System.nanoTime();
      SpanScope scope = SPAN.enter();
      long end = System.nanoTime();
      scope.close();
      enter.recordValue(end - due);
      alone.recordValue(end - begin);
      due += INTERVAL_NANOS;
    }
  }

  private static void awaitTime(long due) {
    while (System.nanoTime() - due < 0) {
      Thread.onSpinWait();
    }
  }
}
