package micromegas.common;

import java.time.Instant;
import java.util.Optional;

/// A closed interval of time, in nanoseconds since 1970-01-01T00:00:00Z. The only way in which a
/// time filter travels through the system.
///
/// @param beginNanos first instant inside the range
/// @param endNanos last instant inside the range, never before `beginNanos`
public record TimeRange(long beginNanos, long endNanos) {

  /// Every representable instant (years 1677 to 2262).
  public static final TimeRange ALL = new TimeRange(Long.MIN_VALUE, Long.MAX_VALUE);

  public TimeRange {
    if (beginNanos > endNanos) {
      throw new BadRequestException(
          "time range ends before it begins: " + beginNanos + " > " + endNanos);
    }
  }

  /// Converts two instants; instants outside the representable years are clamped.
  public static TimeRange of(Instant begin, Instant end) {
    return new TimeRange(Nanos.fromInstant(begin), Nanos.fromInstant(end));
  }

  /// The range between two instants in nanoseconds, in whichever order they come. Bounds that two
  /// clocks have set may be reversed.
  public static TimeRange between(long one, long other) {
    return new TimeRange(Math.min(one, other), Math.max(one, other));
  }

  public boolean isAll() {
    return beginNanos == Long.MIN_VALUE && endNanos == Long.MAX_VALUE;
  }

  public boolean contains(long nanos) {
    return nanos >= beginNanos && nanos <= endNanos;
  }

  /// Whether the closed interval `[otherBegin, otherEnd]` has an instant in common with this one.
  public boolean overlaps(long otherBegin, long otherEnd) {
    return otherBegin <= endNanos && otherEnd >= beginNanos;
  }

  /// The instants in both ranges; empty when there is none.
  public Optional<TimeRange> intersect(TimeRange other) {
    long begin = Math.max(beginNanos, other.beginNanos);
    long end = Math.min(endNanos, other.endNanos);
    return begin <= end ? Optional.of(new TimeRange(begin, end)) : Optional.empty();
  }

  @Override
  public String toString() {
    return isAll() ? "[all]" : "[" + Nanos.format(beginNanos) + ", " + Nanos.format(endNanos) + "]";
  }
}
