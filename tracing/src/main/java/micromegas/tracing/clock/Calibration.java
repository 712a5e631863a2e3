package micromegas.tracing.clock;

import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/// The rate of a counter against `System.nanoTime()`: measured over a time at the start, and
/// compared again later. Immutable.
///
/// @param counter0 the counter, in the middle of the tightest bracket at the begin
/// @param nanos0 nanoseconds at the same instant
/// @param frequency counts per second
record Calibration(long counter0, long nanos0, long frequency) {
  private static final int BRACKETS = 64;
  private static final double NANOS_PER_SECOND = 1e9;

  /// A counter and the nanoseconds at one instant.
  private record Pair(long counter, long nanos) {}

  /// Measures, for at least that long.
  ///
  /// @param pause waits for about so many nanoseconds
  /// @throws IllegalStateException when the counter does not count
  static Calibration measure(
      LongSupplier counter, LongSupplier nanoTime, LongConsumer pause, long nanos) {
    Pair begin = pair(counter, nanoTime);
    long end = begin.nanos() + nanos;
    for (long left = nanos; left > 0; left = end - nanoTime.getAsLong()) {
      pause.accept(left);
    }
    Pair last = pair(counter, nanoTime);
    double seconds = (last.nanos() - begin.nanos()) / NANOS_PER_SECOND;
    long frequency = Math.round((last.counter() - begin.counter()) / seconds);
    if (frequency < 1_000_000) {
      throw new IllegalStateException("the counter makes " + frequency + " steps per second");
    }
    return new Calibration(begin.counter(), begin.nanos(), frequency);
  }

  /// By how many nanoseconds the counter, at the measured rate, has moved away from
  /// `System.nanoTime()` since the calibration.
  long errorNanos(LongSupplier counter, LongSupplier nanoTime) {
    Pair now = pair(counter, nanoTime);
    double counted = (now.counter() - counter0) * (NANOS_PER_SECOND / frequency);
    return Math.round(counted - (now.nanos() - nanos0));
  }

  /// Both clocks at one instant: the tightest of several brackets counts.
  private static Pair pair(LongSupplier counter, LongSupplier nanoTime) {
    long best = Long.MAX_VALUE;
    Pair pair = new Pair(0, 0);
    for (int i = 0; i < BRACKETS; i++) {
      long before = nanoTime.getAsLong();
      long count = counter.getAsLong();
      long after = nanoTime.getAsLong();
      if (after - before < best) {
        best = after - before;
        pair = new Pair(count, before + (after - before) / 2);
      }
    }
    return pair;
  }
}
