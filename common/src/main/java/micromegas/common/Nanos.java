package micromegas.common;

import java.time.Instant;

/// Conversions between nanoseconds since 1970-01-01T00:00:00Z and other forms of time. PostgreSQL
/// keeps microseconds and partition files keep nanoseconds, so the direction of every rounding is
/// spelled out by the caller.
public final class Nanos {
  public static final long PER_MICRO = 1_000L;
  public static final long PER_SECOND = 1_000_000_000L;

  private static final Instant MIN = Instant.EPOCH.plusNanos(Long.MIN_VALUE);
  private static final Instant MAX = Instant.EPOCH.plusNanos(Long.MAX_VALUE);

  private Nanos() {}

  /// Nanoseconds of `instant`, clamped to the representable range.
  public static long fromInstant(Instant instant) {
    if (instant.isBefore(MIN)) {
      return Long.MIN_VALUE;
    }
    if (instant.isAfter(MAX)) {
      return Long.MAX_VALUE;
    }
    // Exact also for the lowest second, whose seconds * 1e9 alone would overflow.
    long seconds = instant.getEpochSecond();
    return seconds < 0
        ? (seconds + 1) * PER_SECOND + (instant.getNano() - PER_SECOND)
        : seconds * PER_SECOND + instant.getNano();
  }

  public static Instant toInstant(long nanos) {
    return Instant.EPOCH.plusNanos(nanos);
  }

  /// The instant at or before `nanos` with microsecond precision: use it for lower bounds.
  public static Instant floorToMicros(long nanos) {
    return toInstant(nanos - Math.floorMod(nanos, PER_MICRO));
  }

  /// The instant at or after `nanos` with microsecond precision: use it for upper bounds.
  public static Instant ceilToMicros(long nanos) {
    long rest = Math.floorMod(nanos, PER_MICRO);
    return rest == 0 ? toInstant(nanos) : toInstant(nanos - rest).plusNanos(PER_MICRO);
  }

  /// RFC 3339 text in UTC, with as many fraction digits as needed.
  public static String format(long nanos) {
    return toInstant(nanos).toString();
  }
}
