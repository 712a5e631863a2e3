package micromegas.lakehouse.fresh;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import micromegas.lake.partition.Partition;
import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.lakehouse.source.IntervalCounts;

/// Which partitions of a global view hold exactly their source, and what the others leave open.
///
/// Insert times are taken before a block is committed, so no watermark tells what a partition
/// contains; its count does. The window is cut at all bounds of partitions, source objects are
/// counted in each interval, and a partition is current when its recorded count is the sum over its
/// intervals. Everything outside current partitions is a gap, unless it is empty.
///
/// @param current disjoint, in ascending order
/// @param stale partitions that must not be used, in ascending order
/// @param gaps disjoint intervals between neighbouring boundaries, in ascending order
record Coverage(List<Partition> current, List<Partition> stale, List<Gap> gaps) {

  static final Coverage NOTHING = new Coverage(List.of(), List.of(), List.of());

  /// Partitions that take part: those that have a length, since nothing lies in an empty range.
  static List<Partition> proper(List<Partition> partitions) {
    return partitions.stream()
        .filter(p -> p.beginInsertTime().isBefore(p.endInsertTime()))
        .sorted(
            Comparator.comparing(Partition::beginInsertTime)
                .thenComparing(Partition::endInsertTime))
        .toList();
  }

  /// Where to cut `window`: at the bounds of partitions and at every multiple of the grid.
  ///
  /// @param partitions inside the window
  static List<Instant> boundaries(InsertSlice window, List<Partition> partitions, Duration grid) {
    TreeSet<Instant> cuts = new TreeSet<>();
    cuts.add(window.begin());
    cuts.add(window.end());
    long step = grid.toSeconds();
    long first = Math.floorDiv(window.begin().getEpochSecond(), step) + 1;
    for (long i = first; i * step < window.end().getEpochSecond(); i++) {
      cuts.add(Instant.ofEpochSecond(i * step));
    }
    for (Partition partition : partitions) {
      cuts.add(partition.beginInsertTime());
      cuts.add(partition.endInsertTime());
    }
    return List.copyOf(cuts);
  }

  /// Judges `partitions` by what was counted between `boundaries`.
  ///
  /// @param partitions [#proper] ones with the current schema hash, whose bounds are boundaries
  static Coverage judge(
      List<Partition> partitions, List<Instant> boundaries, IntervalCounts counts) {
    List<Partition> current = new ArrayList<>();
    List<Partition> stale = new ArrayList<>();
    boolean[] covered = new boolean[boundaries.size() - 1];
    Instant end = Instant.MIN;
    for (int i = 0; i < partitions.size(); i++) {
      Partition partition = partitions.get(i);
      // The database forbids overlaps; should there be one all the same, no row may count twice.
      boolean alone =
          !partition.beginInsertTime().isBefore(end)
              && (i + 1 == partitions.size()
                  || !partitions.get(i + 1).beginInsertTime().isBefore(partition.endInsertTime()));
      end = end.isAfter(partition.endInsertTime()) ? end : partition.endInsertTime();
      int first = Collections.binarySearch(boundaries, partition.beginInsertTime());
      int last = Collections.binarySearch(boundaries, partition.endInsertTime());
      if (alone && isCurrent(partition, counts, first, last)) {
        current.add(partition);
        for (int interval = first; interval < last; interval++) {
          covered[interval] = true;
        }
      } else {
        stale.add(partition);
      }
    }
    return new Coverage(current, stale, gaps(boundaries, counts, covered));
  }

  private static boolean isCurrent(
      Partition partition, IntervalCounts counts, int first, int last) {
    if (!partition.hasSourceCount()) {
      return false;
    }
    long objects = 0;
    long undecodable = 0;
    long outdated = 0;
    for (int interval = first; interval < last; interval++) {
      objects += counts.objects()[interval];
      undecodable += counts.undecodable()[interval];
      outdated += counts.outdated()[interval];
    }
    // The reference counts blocks that it could not decode, we do not: both are current, until
    // there is a decoder that has not tried them.
    long recorded = partition.sourceCount();
    return outdated == 0 && (recorded == objects || recorded == objects - undecodable);
  }

  private static List<Gap> gaps(
      List<Instant> boundaries, IntervalCounts counts, boolean[] covered) {
    List<Gap> gaps = new ArrayList<>();
    for (int i = 0; i < covered.length; i++) {
      if (!covered[i] && counts.objects()[i] > 0) {
        gaps.add(
            new Gap(
                new InsertSlice(boundaries.get(i), boundaries.get(i + 1)), counts.objects()[i]));
      }
    }
    return gaps;
  }

  /// Whether something before `time` is not covered.
  boolean opensBefore(Instant time) {
    return gaps.stream().anyMatch(gap -> gap.slice().begin().isBefore(time))
        || stale.stream().anyMatch(partition -> partition.beginInsertTime().isBefore(time));
  }

  /// Both coverages; their windows must be disjoint and in ascending order.
  Coverage plus(Coverage later) {
    return new Coverage(
        concat(current, later.current), concat(stale, later.stale), concat(gaps, later.gaps));
  }

  private static <T> List<T> concat(List<T> first, List<T> second) {
    List<T> all = new ArrayList<>(first);
    all.addAll(second);
    return List.copyOf(all);
  }
}
