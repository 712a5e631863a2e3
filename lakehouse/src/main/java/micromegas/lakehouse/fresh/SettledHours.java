package micromegas.lakehouse.fresh;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import micromegas.common.TimeRange;
import micromegas.lake.partition.Partition;
import micromegas.lakehouse.view.ViewId;

/// Remembers the hours of insert time whose partitions were found to be complete long after their
/// end, so that queries need not count them again. Thread-safe.
///
/// What is remembered are the files that answered; when one of them is no longer listed (merged,
/// regenerated, retired by hand) its hours are verified again.
final class SettledHours {
  static final Duration HOUR = Duration.ofHours(1);

  private final Map<ViewId, ConcurrentNavigableMap<Instant, List<FileRef>>> views =
      new ConcurrentHashMap<>();

  /// A file that holds rows of the hour.
  private record FileRef(String path, TimeRange eventTime) {}

  /// Remembers that `partitions` hold all rows of the hour.
  void settle(ViewId view, Instant hour, List<Partition> partitions) {
    List<FileRef> files = new ArrayList<>();
    for (Partition partition : partitions) {
      if (partition.beginInsertTime().isBefore(hour.plus(HOUR))
          && partition.endInsertTime().isAfter(hour)
          && partition.filePath().isPresent()) {
        files.add(new FileRef(partition.filePath().get(), Bounds.of(partition)));
      }
    }
    views.computeIfAbsent(view, id -> new ConcurrentSkipListMap<>()).put(hour, List.copyOf(files));
  }

  /// Whether the hour is remembered and every file that it needs for `range` is among `listed`;
  /// forgets the hour otherwise.
  boolean isSettled(ViewId view, Instant hour, TimeRange range, Set<String> listed) {
    ConcurrentNavigableMap<Instant, List<FileRef>> hours = views.get(view);
    List<FileRef> files = hours == null ? null : hours.get(hour);
    if (hours == null || files == null) {
      return false;
    }
    for (FileRef file : files) {
      if (range.overlaps(file.eventTime().beginNanos(), file.eventTime().endNanos())
          && !listed.contains(file.path())) {
        hours.remove(hour);
        return false;
      }
    }
    return true;
  }
}
