package micromegas.lakehouse.fresh;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import micromegas.common.TimeRange;
import micromegas.lake.partition.Partition;
import micromegas.lakehouse.source.InsertWindows.HourTotals;
import micromegas.lakehouse.view.ViewId;

/// Remembers which partitions were found to hold a closed hour of a just-in-time instance, so that
/// its blocks need not be listed for every query. Thread-safe.
///
/// A verdict is about the blocks that were there: it holds as long as their number, their objects
/// and their last insert time are the same, so that a block that is committed late is noticed by
/// the next query; and as long as exactly the same files are listed.
final class InstanceVerdicts {
  /// Hours of instances that are remembered.
  private static final int MAX_HOURS = 200_000;

  private final Cache<Key, Verdict> verdicts = Caffeine.newBuilder().maximumSize(MAX_HOURS).build();

  private record Key(ViewId view, Instant hour) {}

  private record Verdict(HourTotals totals, List<FileRef> files) {}

  private record FileRef(String path, TimeRange eventTime) {}

  /// Remembers that `partitions` hold the hour. Partitions that reach out of it make no verdict,
  /// since the blocks of other hours decide about them too.
  ///
  /// @param totals of the hour, counted before its blocks were listed
  void remember(ViewId view, HourTotals totals, List<Partition> partitions) {
    Instant end = totals.hour().plus(SettledHours.HOUR);
    boolean inside =
        partitions.stream()
            .allMatch(partition ->
                !partition.beginInsertTime().isBefore(totals.hour())
                    && partition.endInsertTime().isBefore(end));
    if (inside) {
      verdicts.put(
          new Key(view, totals.hour()),
          new Verdict(
              totals,
              partitions.stream()
                  .filter(partition -> partition.filePath().isPresent())
                  .map(partition ->
                      new FileRef(partition.filePath().orElseThrow(), Bounds.of(partition)))
                  .toList()));
    }
  }

  /// Whether `listed` are all partitions of the hour that a query of `range` needs.
  ///
  /// @param listed partitions of the instance with rows in `range`
  boolean holds(ViewId view, HourTotals totals, TimeRange range, List<Partition> listed) {
    Verdict verdict = verdicts.getIfPresent(new Key(view, totals.hour()));
    if (verdict == null || !verdict.totals().equals(totals)) {
      return false;
    }
    Set<String> needed = new HashSet<>();
    for (FileRef file : verdict.files()) {
      if (range.overlaps(file.eventTime().beginNanos(), file.eventTime().endNanos())) {
        needed.add(file.path());
      }
    }
    Set<String> there = new HashSet<>();
    for (Partition partition : listed) {
      if (InstanceScanner.touches(partition, totals.hour())) {
        there.add(partition.filePath().orElse(""));
      }
    }
    return needed.equals(there);
  }
}
