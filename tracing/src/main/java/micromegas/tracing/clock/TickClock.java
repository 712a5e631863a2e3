package micromegas.tracing.clock;

/// The counter that stamps events: chosen once, when this class is initialised, and constant from
/// then on, so that compiled code reads it without a test.
///
/// Ticks are `System.nanoTime()`, which the operating system disciplines and which needs no
/// calibration. Origin and sign have no meaning. Thread-safe.
public final class TickClock {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private TickClock() {}

  /// Ticks now.
  public static long now() {
    return System.nanoTime();
  }

  /// Ticks per second.
  public static long frequency() {
    return NANOS_PER_SECOND;
  }
}
