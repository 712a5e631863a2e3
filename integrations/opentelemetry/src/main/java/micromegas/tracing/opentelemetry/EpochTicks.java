package micromegas.tracing.opentelemetry;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import micromegas.tracing.Telemetry;
import micromegas.tracing.Ticks;
import micromegas.transit.ProcessInfo;

/// Turns times since 1970, which OpenTelemetry has, into ticks. The pair that the process has
/// announced is the base, so that servers get the same times back; when the wall clock has moved
/// against the ticks, a pair read now takes its place, so that events stay beside native ones of
/// the same instant. Thread-safe.
final class EpochTicks {
  private static final long MAX_DRIFT_NANOS = 1_000_000;

  private final Clock wall;
  private volatile Base base;

  /// @param ticks at the time
  private record Base(long ticks, long epochNanos, double ticksPerNano) {
    long ticksOf(long nanos) {
      return ticks + Math.round((nanos - epochNanos) * ticksPerNano);
    }
  }

  EpochTicks(Telemetry telemetry, Clock wall) {
    ProcessInfo process = telemetry.process();
    this.wall = wall;
    this.base = new Base(process.startTicks(), nanos(process.startTime()), Ticks.frequency() / 1e9);
  }

  /// Looks at both clocks; once per batch.
  void check() {
    Instant time = wall.instant();
    long now = Ticks.now();
    Base current = base;
    long drift = Math.round((current.ticksOf(nanos(time)) - now) / current.ticksPerNano());
    if (Math.abs(drift) > MAX_DRIFT_NANOS) {
      base = new Base(now, nanos(time), current.ticksPerNano());
    }
  }

  /// Absolute ticks of a time.
  ///
  /// @param epochNanos since 1970
  long ticks(long epochNanos) {
    return base.ticksOf(epochNanos);
  }

  private static long nanos(Instant time) {
    return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
  }
}
