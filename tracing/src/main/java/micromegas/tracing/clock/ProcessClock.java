package micromegas.tracing.clock;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// One instant of this process as ticks and as wall-clock time, and the times of other ticks
/// derived from it. Readers convert in the same way (`wire.md` 8), so bounds of blocks stay
/// monotonic when the wall clock steps. Immutable.
///
/// @param startTicks absolute
/// @param startTime at the same instant; whole microseconds, because servers keep no more
/// @param frequency ticks per second, above 0
public record ProcessClock(long startTicks, Instant startTime, long frequency) {
  private static final int BRACKETS = 16;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /// Reads both clocks: the tightest of several ticks-wall-ticks brackets counts.
  public static ProcessClock start(Clock wall) {
    long best = Long.MAX_VALUE;
    long ticks = 0;
    Instant time = Instant.EPOCH;
    for (int i = 0; i < BRACKETS; i++) {
      long before = TickClock.now();
      Instant read = wall.instant();
      long after = TickClock.now();
      if (after - before < best) {
        best = after - before;
        ticks = before + (after - before) / 2;
        time = read;
      }
    }
    long frequency = TickClock.frequency();
    // The ticks of the whole microsecond before.
    long beyond = time.getNano() % 1_000;
    return new ProcessClock(
        ticks - Math.round(beyond * (frequency / 1e9)), time.minusNanos(beyond), frequency);
  }

  /// The same clock with an earlier start.
  ///
  /// @param ticks absolute; later ones than those of the start change nothing
  public ProcessClock from(long ticks) {
    long back = startTicks - ticks;
    if (back <= 0) {
      return this;
    }
    long micros = (long) Math.ceil(back * (1e6 / frequency));
    return new ProcessClock(
        startTicks - Math.round(micros * (frequency / 1e6)),
        startTime.minus(micros, ChronoUnit.MICROS),
        frequency);
  }

  /// Ticks since the start; what the bounds of blocks hold.
  public long relative(long ticks) {
    return ticks - startTicks;
  }

  /// Wall-clock time of absolute ticks.
  public Instant time(long ticks) {
    return startTime.plusNanos(nanos(ticks - startTicks));
  }

  /// Wall-clock time of absolute ticks, as nanoseconds since 1970.
  public long epochNanos(long ticks) {
    return startTime.getEpochSecond() * NANOS_PER_SECOND
        + startTime.getNano()
        + nanos(ticks - startTicks);
  }

  /// Ticks of a span of time.
  public long ticks(Duration duration) {
    return Math.round(duration.toNanos() * (frequency / 1e9));
  }

  /// How far the wall clock has moved against the ticks since the start, in nanoseconds.
  public long offsetNanos(Clock wall) {
    Instant derived = time(TickClock.now());
    return Duration.between(derived, wall.instant()).toNanos();
  }

  private long nanos(long delta) {
    return frequency == NANOS_PER_SECOND ? delta : Math.round(delta * (1e9 / frequency));
  }
}
