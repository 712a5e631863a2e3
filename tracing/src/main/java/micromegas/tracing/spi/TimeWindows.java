package micromegas.tracing.spi;

import java.time.Duration;

/// Keeps blocks by their time alone.
final class TimeWindows implements BlockSampler {
  /// A block over more windows than this is kept.
  private static final int MAX_WINDOWS = 10_000;

  private final long periodNanos;
  private final long lengthNanos;
  private final double part;

  private TimeWindows(Duration period, Duration length, double part) {
    this.periodNanos = period.toNanos();
    this.lengthNanos = length.toNanos();
    this.part = part;
    if (length.toMillis() < 1 || length.compareTo(period) > 0) {
      throw new IllegalArgumentException("a window of " + length + " in each " + period);
    }
  }

  static TimeWindows ratio(double part, Duration window) {
    if (!(part >= 0 && part <= 1)) {
      throw new IllegalArgumentException("a part of windows must be 0 to 1: " + part);
    }
    return new TimeWindows(window, window, part);
  }

  static TimeWindows heartbeat(Duration period, Duration length) {
    return new TimeWindows(period, length, 1);
  }

  @Override
  public Verdict decide(SampledBlock block) {
    long first = Math.floorDiv(block.beginNanos(), periodNanos);
    long last = Math.floorDiv(block.endNanos(), periodNanos);
    if (last - first > MAX_WINDOWS) {
      return part == 0 ? Verdict.DROP : Verdict.KEEP;
    }
    for (long window = first; window <= last; window++) {
      long begin = window * periodNanos;
      boolean inside = block.endNanos() >= begin && block.beginNanos() < begin + lengthNanos;
      if (inside && isKept(window)) {
        return Verdict.KEEP;
      }
    }
    return Verdict.DROP;
  }

  /// A mix of the bits of the window's number, as a fraction of 1.
  private boolean isKept(long window) {
    long mixed = window * 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ mixed >>> 32) * 0xd6e8feb86659fd93L;
    mixed ^= mixed >>> 32;
    return (mixed >>> 11) * 0x1.0p-53 < part;
  }
}
