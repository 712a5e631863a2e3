package micromegas.lakehouse.fresh;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import micromegas.common.TimeRange;
import micromegas.lake.partition.Partition;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.source.InsertWindows.HourTotals;
import micromegas.lakehouse.view.ViewId;

/// Remembers what was found to answer an hour of a just-in-time instance, so that its blocks need
/// not be listed for every query: partitions, and in an hour that still grows the blocks that no
/// partition holds. Thread-safe.
///
/// A verdict is about the blocks that were there: it holds as long as their number, their objects
/// and their last insert time are the same, so that a block that is committed late is noticed by
/// the next query; and as long as exactly the same files are listed.
final class InstanceVerdicts {
  /// Hours of instances that are remembered, plus blocks of those that still grow.
  private static final int MAX_WEIGHT = 200_000;

  private final Cache<Key, Verdict> verdicts =
      Caffeine.newBuilder()
          .maximumWeight(MAX_WEIGHT)
          .weigher((Key key, Verdict verdict) -> 1 + verdict.open().size())
          .build();

  private record Key(ViewId view, Instant hour) {}

  private record Verdict(HourTotals totals, List<FileRef> files, Open open) {}

  private record FileRef(String path, TimeRange eventTime) {}

  /// The blocks of an hour that no partition holds; none once the hour is over.
  ///
  /// @param tail blocks each of which can be read alone
  /// @param groups blocks that are read together, in this order
  record Open(List<SourceBlock> tail, List<List<SourceBlock>> groups) {
    Open {
      tail = List.copyOf(tail);
      groups = List.copyOf(groups);
    }

    boolean isEmpty() {
      return tail.isEmpty() && groups.isEmpty();
    }

    private int size() {
      return tail.size() + groups.stream().mapToInt(List::size).sum();
    }
  }

  /// Remembers that `partitions` and `open` hold the hour. Partitions that reach out of it make no
  /// verdict, since the blocks of other hours decide about them too.
  ///
  /// @param totals of the hour, counted before its blocks were listed
  void remember(ViewId view, HourTotals totals, Collection<Partition> partitions, Open open) {
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
                  .toList(),
              open));
    }
  }

  /// What answers the hour besides `listed`, if those are all of its partitions that a query of
  /// `range` needs; empty when its blocks must be listed.
  ///
  /// @param listed partitions of the instance with rows in `range`
  Optional<Open> find(ViewId view, HourTotals totals, TimeRange range, List<Partition> listed) {
    Verdict verdict = verdicts.getIfPresent(new Key(view, totals.hour()));
    if (verdict == null || !verdict.totals().equals(totals)) {
      return Optional.empty();
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
    return needed.equals(there) ? Optional.of(verdict.open()) : Optional.empty();
  }
}
