package micromegas.lakehouse.maintenance;

import java.time.Duration;
import java.time.Instant;
import micromegas.lakehouse.materialize.InsertSlice;

/// The recurring tasks and their windows (`lakehouse.md` 8.7). `T` is the last multiple of the
/// period since 1970, one offset ago or more.
public enum TaskKind {
  /// `[T-2s, T-1s)` in slices of a second.
  SECOND("every-second", Duration.ofSeconds(1), Duration.ofMillis(500), 2, 1),
  /// `[T-2min, T-1min)` in slices of a minute.
  MINUTE("every-minute", Duration.ofMinutes(1), Duration.ofSeconds(30), 2, 1),
  /// `[T-2h, T)` in slices of an hour.
  HOUR("hourly", Duration.ofHours(1), Duration.ofMinutes(10), 2, 0),
  /// `[T-2d, T)` in slices of a day.
  DAY("daily", Duration.ofDays(1), Duration.ofHours(4), 2, 0);

  private final String taskName;
  private final Duration period;
  private final Duration offset;
  private final int from;
  private final int to;

  TaskKind(String taskName, Duration period, Duration offset, int from, int to) {
    this.taskName = taskName;
    this.period = period;
    this.offset = offset;
    this.from = from;
    this.to = to;
  }

  /// Name in the table of tasks.
  public String taskName() {
    return taskName;
  }

  /// Time between runs, and length of a slice.
  public Duration period() {
    return period;
  }

  /// The first time after `now` at which the task is due.
  Instant nextRun(Instant now) {
    return base(now).plus(period).plus(offset);
  }

  /// The window of a run at `now`.
  ///
  /// @param done end of what earlier runs have covered; a window that begins later is stretched
  ///   back to it
  /// @param catchUp how far the window may be stretched back
  InsertSlice window(Instant now, Instant done, Duration catchUp) {
    Instant base = base(now);
    Instant begin = base.minus(period.multipliedBy(from));
    Instant end = base.minus(period.multipliedBy(to));
    Instant limit = floor(begin.minus(catchUp));
    if (done.isBefore(begin)) {
      begin = done.isBefore(limit) ? limit : floor(done);
    }
    return new InsertSlice(begin, end);
  }

  private Instant base(Instant now) {
    return floor(now.minus(offset));
  }

  private Instant floor(Instant time) {
    long millis = period.toMillis();
    return Instant.ofEpochMilli(Math.floorDiv(time.toEpochMilli(), millis) * millis);
  }
}
