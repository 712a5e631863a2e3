package micromegas.lakehouse.blocks;

import java.time.Instant;
import micromegas.common.Nanos;
import micromegas.transit.BlockInfo;
import micromegas.transit.CorruptBlockException;
import micromegas.transit.ProcessInfo;

/// Ticks of a process clock to wall-clock time, in double precision and rounded half away from zero
/// exactly as the reference does (`wire.md` 8). Times beyond the years 1677 to 2262 are clamped.
/// Immutable.
public final class TickConverter {
  private final long startNanos;
  private final long startTicks;
  private final long frequency;
  private final double nanosPerTick;
  private final double millisPerTick;

  /// @param frequency ticks per second, positive
  public TickConverter(long startNanos, long startTicks, long frequency) {
    this.startNanos = startNanos;
    this.startTicks = startTicks;
    this.frequency = frequency;
    this.nanosPerTick = 1e9 / frequency;
    this.millisPerTick = 1000.0 / frequency;
  }

  /// For a view that converts block by block: the frequency that the process told, or else one
  /// estimated from this block's end.
  ///
  /// @throws CorruptBlockException when the estimate is not positive
  public static TickConverter ofBlock(SourceBlock source) {
    BlockInfo block = source.block().info();
    return ofEnd(source.process().info(), block.endTicks(), block.endTime());
  }

  /// For a view that converts all blocks of a process alike: the frequency that the process told,
  /// or else one estimated from its latest block.
  ///
  /// @param lastEndTicks largest end of its blocks, in relative ticks
  /// @param lastEndTime largest end of its blocks
  /// @throws CorruptBlockException when the estimate is not positive
  public static TickConverter ofEnd(ProcessInfo process, long lastEndTicks, Instant lastEndTime) {
    long start = storedNanos(process.startTime());
    long frequency = process.tscFrequency();
    if (frequency <= 0) {
      long elapsed = saturatedDifference(storedNanos(lastEndTime), start);
      frequency = round(lastEndTicks / (elapsed / 1e9));
      if (frequency <= 0) {
        throw new CorruptBlockException(
            "invalid frequency "
                + frequency
                + ": "
                + lastEndTicks
                + " ticks in "
                + elapsed
                + " ns");
      }
    }
    return new TickConverter(start, process.startTicks(), frequency);
  }

  /// Ticks per second.
  public long frequency() {
    return frequency;
  }

  /// Time of an event, from absolute ticks.
  public long toNanos(long ticks) {
    return saturatedSum(startNanos, round((double) (ticks - startTicks) * nanosPerTick));
  }

  /// Time of a block's begin or end, from ticks relative to the process's start.
  public long relativeToNanos(long ticks) {
    return saturatedSum(startNanos, round((double) ticks * nanosPerTick));
  }

  /// Length of a duration.
  public double toMillis(long ticks) {
    return (double) ticks * millisPerTick;
  }

  /// Nanoseconds of a time that PostgreSQL keeps, which has whole microseconds; times that do not
  /// fit are read as 1970, as the reference does.
  private static long storedNanos(Instant instant) {
    long nanos = Nanos.fromInstant(instant);
    return nanos == Long.MIN_VALUE || nanos == Long.MAX_VALUE
        ? 0
        : nanos - Math.floorMod(nanos, Nanos.PER_MICRO);
  }

  /// Half away from zero; `Math.round` goes up.
  private static long round(double value) {
    return value >= 0 ? Math.round(value) : -Math.round(-value);
  }

  private static long saturatedSum(long a, long b) {
    long sum = a + b;
    return ((a ^ sum) & (b ^ sum)) < 0 ? (a < 0 ? Long.MIN_VALUE : Long.MAX_VALUE) : sum;
  }

  private static long saturatedDifference(long a, long b) {
    long difference = a - b;
    return ((a ^ b) & (a ^ difference)) < 0
        ? (a < 0 ? Long.MIN_VALUE : Long.MAX_VALUE)
        : difference;
  }
}
