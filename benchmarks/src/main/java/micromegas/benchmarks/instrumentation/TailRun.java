package micromegas.benchmarks.instrumentation;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Sites;
import micromegas.tracing.SpanSite;
import micromegas.tracing.Telemetry;
import micromegas.tracing.spi.EventSink;

/// How long single spans take at most, chunk changes included, while the uplink takes the events
/// away. Every second call does nothing: what the machine does to this thread is in both.
///
/// Calls have a time at which they are due, one each 2 us, and their duration counts from there. So
/// a pause is seen by all calls that it delays, not by one.
final class TailRun {
  private static final SpanSite SPAN = Sites.here().span("tail");
  private static final int CALLS = 1_000_000;
  private static final int WARM_UP = 300_000;
  private static final long INTERVAL_NANOS = 2_000;

  private TailRun() {}

  /// Prints median, 99.9th and 99.99th percentile in nanoseconds: of nothing, of spans, and of
  /// spans from the reading of the clock before them.
  public static void main(String[] arguments) {
    Telemetry telemetry =
        Telemetry.builder()
            .spans(true)
            .consoleLevels(LevelFilter.OFF)
            .jvmPeriod(Duration.ZERO)
            .sink(new EventSink() {})
            .start();
    run(new long[WARM_UP], new long[WARM_UP], new long[WARM_UP]);
    long[] nothing = new long[CALLS];
    long[] spans = new long[CALLS];
    long[] alone = new long[CALLS];
    run(nothing, spans, alone);
    telemetry.close();
    Arrays.sort(nothing);
    Arrays.sort(spans);
    Arrays.sort(alone);
    System.out.printf(
        Locale.ROOT,
        "tail %d %d %d %d %d %d %d %d %d%n",
        at(nothing, 0.5),
        at(nothing, 0.999),
        at(nothing, 0.9999),
        at(spans, 0.5),
        at(spans, 0.999),
        at(spans, 0.9999),
        at(alone, 0.5),
        at(alone, 0.999),
        at(alone, 0.9999));
  }

  private static void run(long[] nothing, long[] spans, long[] alone) {
    long due = System.nanoTime() + INTERVAL_NANOS;
    for (int i = 0; i < spans.length; i++) {
      awaitTime(due);
      nothing[i] = System.nanoTime() - due;
      due += INTERVAL_NANOS;
      awaitTime(due);
      long begin = System.nanoTime();
      SPAN.enter().close();
      long end = System.nanoTime();
      spans[i] = end - due;
      alone[i] = end - begin;
      due += INTERVAL_NANOS;
    }
  }

  private static void awaitTime(long due) {
    while (System.nanoTime() - due < 0) {
      Thread.onSpinWait();
    }
  }

  private static long at(long[] sorted, double part) {
    return sorted[(int) Math.min(sorted.length - 1, Math.round(sorted.length * part))];
  }
}
