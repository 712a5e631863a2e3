package micromegas.tracing.jfr;

import java.time.Instant;
import micromegas.tracing.Ticks;

/// Turns the recorder's times into ticks of telemetry, by the last instant that is known on both
/// clocks.
///
/// @param nanos of the recorder's time since 1970
/// @param ticks at the same instant
record ClockOffset(long nanos, long ticks) {

  static long nanos(Instant time) {
    return time.getEpochSecond() * 1_000_000_000L + time.getNano();
  }

  static ClockOffset of(Instant time, long ticks) {
    return new ClockOffset(nanos(time), ticks);
  }

  long ticks(Instant time) {
    return ticks + Math.round((nanos(time) - nanos) * (Ticks.frequency() / 1e9));
  }
}
