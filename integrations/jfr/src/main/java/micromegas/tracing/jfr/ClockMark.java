package micromegas.tracing.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;
import micromegas.tracing.Ticks;

/// One instant on both clocks: the recorder's time of the event, and the ticks of telemetry. Also
/// the last event of each of the recorder's files.
@Name(ClockMark.NAME)
@Label("Clock Mark")
@Description("Relates the clock of telemetry to that of the flight recorder")
@Category("Micromegas")
@Enabled
@Period("endChunk")
@StackTrace(false)
final class ClockMark extends Event {
  static final String NAME = "micromegas.ClockMark";

  private static final int BRACKETS = 8;

  @Label("Ticks")
  long ticks;

  @Label("Owner")
  long owner;

  @Label("Number")
  long number;

  /// Commits the mark whose two readings of ticks, around the recorder's, were closest.
  ///
  /// @param owner who counts the marks
  /// @param number grows
  static void commit(long owner, long number) {
    ClockMark best = new ClockMark();
    long narrowest = Long.MAX_VALUE;
    for (int i = 0; i < BRACKETS; i++) {
      ClockMark mark = new ClockMark();
      long before = Ticks.now();
      mark.begin();
      long after = Ticks.now();
      if (after - before < narrowest) {
        narrowest = after - before;
        mark.ticks = before + (after - before) / 2;
        best = mark;
      }
    }
    best.owner = owner;
    best.number = number;
    best.commit();
  }
}
