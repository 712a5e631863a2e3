package micromegas.lakehouse.fresh;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import micromegas.lake.partition.Partition;
import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.lakehouse.view.BatchPolicy;
import micromegas.lakehouse.view.View;

/// Which slices a query builds before it reads, and which gaps it answers from the tail instead.
///
/// Slices are aligned to days, hours or minutes, as those of the maintenance daemon and of the
/// reference, so that all of them replace each other's partitions without partial overlaps.
///
/// @param slices to build, disjoint, in ascending order
/// @param tail gaps that stay open
record BuildTargets(List<InsertSlice> slices, List<Gap> tail) {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /// Small minutes of a large tail are not worth a file each.
  private static final int MINUTE_SHARE = 100;

  /// @param windows what `coverage` was judged over
  static BuildTargets choose(
      View view,
      Coverage coverage,
      List<InsertSlice> windows,
      Instant now,
      FreshSettings settings) {
    Instant closedBefore = now.minus(settings.closedAfter());
    List<Partition> partitions = new ArrayList<>(coverage.current());
    partitions.addAll(coverage.stale());
    TreeSet<InsertSlice> slices =
        new TreeSet<>(Comparator.comparing(InsertSlice::begin).thenComparing(InsertSlice::end));
    List<Gap> open = new ArrayList<>();
    for (Gap gap : coverage.gaps()) {
      if (slices.stream().anyMatch(slice -> contains(slice, gap.slice()))) {
        continue;
      }
      Optional<InsertSlice> target =
          closedTarget(view, gap.slice(), partitions, windows, closedBefore);
      if (target.isPresent()) {
        slices.add(target.get());
      } else {
        open.add(gap);
      }
    }
    List<Gap> tail = new ArrayList<>();
    long objects = open.stream().mapToLong(Gap::objects).sum();
    for (Gap gap : open) {
      InsertSlice minute = aligned(gap.slice().begin(), MINUTE);
      if (slices.stream().anyMatch(slice -> contains(slice, gap.slice()))) {
        continue;
      }
      if (objects > settings.tailObjects()
          && gap.objects() * MINUTE_SHARE >= settings.tailObjects()
          && !minute.end().isAfter(closedBefore)
          && contains(minute, gap.slice())
          && allInside(minute, partitions)) {
        slices.add(minute);
      } else {
        tail.add(gap);
      }
    }
    // A stale partition may reach over gaps that came before it in the list.
    tail.removeIf(gap -> slices.stream().anyMatch(slice -> contains(slice, gap.slice())));
    return new BuildTargets(disjoint(slices), tail);
  }

  private static Optional<InsertSlice> closedTarget(
      View view,
      InsertSlice gap,
      List<Partition> partitions,
      List<InsertSlice> windows,
      Instant closedBefore) {
    InsertSlice hour = aligned(gap.begin(), SettledHours.HOUR);
    if (hour.end().isAfter(closedBefore)) {
      return Optional.empty();
    }
    InsertSlice day = aligned(gap.begin(), DAY);
    if (view.batch().map(BatchPolicy::maxSourceSlice).orElse(DAY).compareTo(DAY) >= 0
        && !day.end().isAfter(closedBefore)
        && windows.stream().anyMatch(window -> contains(window, day))
        && partitions.stream().noneMatch(partition -> overlaps(day, partition))) {
      return Optional.of(day);
    }
    if (allInside(hour, partitions)) {
      return Optional.of(hour);
    }
    // Someone else's slicing, or a longer partition that lost its match: replace exactly that.
    Optional<InsertSlice> wide =
        partitions.stream()
            .filter(partition -> overlaps(gap, partition))
            .map(p -> new InsertSlice(p.beginInsertTime(), p.endInsertTime()))
            .findFirst();
    if (wide.isPresent() && wide.get().end().isAfter(closedBefore)) {
      return Optional.empty();
    }
    return Optional.of(wide.orElse(gap));
  }

  static InsertSlice aligned(Instant time, Duration unit) {
    long step = unit.toSeconds();
    long begin = Math.floorDiv(time.getEpochSecond(), step) * step;
    return new InsertSlice(Instant.ofEpochSecond(begin), Instant.ofEpochSecond(begin + step));
  }

  static boolean overlaps(InsertSlice slice, Partition partition) {
    return partition.beginInsertTime().isBefore(slice.end())
        && partition.endInsertTime().isAfter(slice.begin());
  }

  static boolean contains(InsertSlice outer, InsertSlice inner) {
    return outer.contains(inner.begin(), inner.end());
  }

  private static boolean allInside(InsertSlice slice, List<Partition> partitions) {
    return partitions.stream()
        .filter(partition -> overlaps(slice, partition))
        .allMatch(p -> slice.contains(p.beginInsertTime(), p.endInsertTime()));
  }

  /// Drops slices inside others, which can come up when stale partitions are wider than an hour.
  private static List<InsertSlice> disjoint(TreeSet<InsertSlice> slices) {
    return slices.stream()
        .filter(slice ->
            slices.stream().noneMatch(other -> !other.equals(slice) && contains(other, slice)))
        .toList();
  }

  /// The hours that `[begin, end)` touches.
  static List<Instant> hours(Instant begin, Instant end) {
    List<Instant> hours = new ArrayList<>();
    for (Instant hour = begin.truncatedTo(ChronoUnit.HOURS);
        hour.isBefore(end);
        hour = hour.plus(SettledHours.HOUR)) {
      hours.add(hour);
    }
    return hours;
  }
}
