package micromegas.tracing;

import micromegas.tracing.clock.TickClock;

/// The clock of events. A difference of two readings, recorded in the unit `ticks`, is the cheapest
/// way to measure a duration: servers turn it into seconds.
public final class Ticks {
  /// The unit of integer metrics that are durations in ticks.
  public static final String UNIT = "ticks";

  private Ticks() {}

  /// Ticks now; the origin has no meaning and the value may be negative.
  public static long now() {
    return TickClock.now();
  }

  /// Ticks per second.
  public static long frequency() {
    return TickClock.frequency();
  }
}
