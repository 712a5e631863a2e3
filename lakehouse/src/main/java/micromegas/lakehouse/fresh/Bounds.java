package micromegas.lakehouse.fresh;

import micromegas.common.Nanos;
import micromegas.common.TimeRange;
import micromegas.lake.partition.Partition;

/// Event bounds of partitions as ranges.
public final class Bounds {
  private Bounds() {}

  /// The event range of a partition's rows. The reference truncates its maximum to microseconds, so
  /// the end is widened to the last nanosecond that it may stand for.
  public static TimeRange of(Partition partition) {
    return partition
        .eventTime()
        .map(bounds ->
            TimeRange.between(
                Nanos.fromInstant(bounds.min()),
                Nanos.fromInstant(bounds.max().plusNanos(Nanos.PER_MICRO - 1))))
        .orElse(TimeRange.ALL);
  }

  /// Whether the partition has rows that may lie in `range`.
  public static boolean meets(Partition partition, TimeRange range) {
    TimeRange own = of(partition);
    return partition.filePath().isPresent() && range.overlaps(own.beginNanos(), own.endNanos());
  }
}
