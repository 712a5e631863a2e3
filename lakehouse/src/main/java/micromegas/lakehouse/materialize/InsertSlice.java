package micromegas.lakehouse.materialize;

import java.time.Duration;
import java.time.Instant;
import micromegas.common.BadRequestException;

/// A half-open slice of insert time, `[begin, end)`.
public record InsertSlice(Instant begin, Instant end) {
  public InsertSlice {
    if (!begin.isBefore(end)) {
      throw new BadRequestException("empty insert slice [" + begin + ", " + end + ")");
    }
  }

  public Duration length() {
    return Duration.between(begin, end);
  }

  public boolean contains(Instant instant) {
    return !instant.isBefore(begin) && instant.isBefore(end);
  }

  /// Whether `[otherBegin, otherEnd)` lies inside.
  public boolean contains(Instant otherBegin, Instant otherEnd) {
    return !otherBegin.isBefore(begin) && !otherEnd.isAfter(end);
  }
}
