package micromegas.lakehouse.fresh;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import micromegas.lake.partition.Partition;
import micromegas.lake.partition.PartitionStore;
import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.lakehouse.materialize.SingleFlight;
import micromegas.lakehouse.materialize.SliceBuilder;
import micromegas.lakehouse.source.InsertWindows;
import micromegas.lakehouse.source.SourceMeter;
import micromegas.lakehouse.view.View;
import micromegas.query.ScanRequest;

/// Finds, and where necessary builds, the partitions of a global view that answer a scan.
/// Thread-safe.
final class GlobalScanner {
  /// Windows above which one count over their whole span is cheaper.
  private static final int MAX_WINDOWS = 16;

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final PartitionStore partitions;
  private final InsertWindows windows;
  private final SourceMeter meter;
  private final SliceBuilder builder;
  private final SingleFlight singleFlight;
  private final FreshSettings settings;
  private final Clock clock;
  private final SettledHours settled = new SettledHours();

  GlobalScanner(
      PartitionStore partitions,
      InsertWindows windows,
      SourceMeter meter,
      SliceBuilder builder,
      SingleFlight singleFlight,
      FreshSettings settings,
      Clock clock) {
    this.partitions = partitions;
    this.windows = windows;
    this.meter = meter;
    this.builder = builder;
    this.singleFlight = singleFlight;
    this.settings = settings;
    this.clock = clock;
  }

  /// What answers a scan.
  ///
  /// @param partitions current ones that may hold wanted rows
  /// @param tail gaps that no partition covers
  /// @param covered all current partitions among the gaps, so that neighbours can be told
  record Answer(List<Partition> partitions, List<Gap> tail, List<Partition> covered) {}

  Answer scan(View view, ScanRequest request) {
    List<Partition> listed =
        Coverage.proper(
            partitions.listByEventTime(
                view.id().viewSet(),
                view.id().instanceId(),
                request.eventTime(),
                view.schema().hash()));
    if (!request.materialize()) {
      return new Answer(listed, List.of(), List.of());
    }
    Instant now = clock.instant();
    VerificationScope scope =
        VerificationScope.of(view, request, listed, windows, settled, settings);
    List<InsertSlice> verified = new ArrayList<>();
    Coverage coverage = verify(view, scope.verify(), now, verified);
    BuildTargets targets = BuildTargets.choose(view, coverage, verified, now, settings);
    List<Partition> current = new ArrayList<>(coverage.current());
    for (InsertSlice slice : targets.slices()) {
      current.removeIf(partition -> BuildTargets.overlaps(slice, partition));
    }
    Parallel.map(targets.slices(), settings.parallelBuilds(), slice -> build(view, slice))
        .forEach(current::addAll);
    current.sort(Comparator.comparing(Partition::beginInsertTime));
    remember(view, verified, current, targets.tail(), now);
    List<Partition> answer = new ArrayList<>(current);
    for (Partition partition : listed) {
      if (verified.stream().noneMatch(window -> BuildTargets.overlaps(window, partition))) {
        answer.add(partition);
      }
    }
    answer.removeIf(
        partition -> !Bounds.meets(partition, request.eventTime()) || !scope.mayRead(partition));
    return new Answer(answer, targets.tail(), current);
  }

  /// Compares the partitions of some hours with their source.
  ///
  /// @param verified receives the windows that were compared: whole hours and whole partitions
  private Coverage verify(
      View view, Collection<Instant> hours, Instant now, List<InsertSlice> verified) {
    if (hours.isEmpty()) {
      return Coverage.NOTHING;
    }
    TreeSet<Instant> sorted = new TreeSet<>(hours);
    InsertSlice span = new InsertSlice(sorted.first(), sorted.last().plus(SettledHours.HOUR));
    List<Partition> known = current(view, span);
    verified.addAll(windowsOver(sorted, known));
    Coverage coverage = Coverage.NOTHING;
    for (InsertSlice window : verified) {
      List<Partition> inside =
          known.stream().filter(partition -> BuildTargets.overlaps(window, partition)).toList();
      coverage = coverage.plus(judge(view, window, inside, now));
    }
    return coverage;
  }

  private Coverage judge(View view, InsertSlice window, List<Partition> inside, Instant now) {
    TreeSet<Instant> cuts = new TreeSet<>(Coverage.boundaries(window, inside, SettledHours.HOUR));
    Instant open =
        BuildTargets.aligned(now.minus(settings.closedAfter()), SettledHours.HOUR).begin();
    Instant openBegin = open.isAfter(window.begin()) ? open : window.begin();
    if (openBegin.isBefore(window.end())) {
      cuts.addAll(Coverage.boundaries(new InsertSlice(openBegin, window.end()), List.of(), MINUTE));
    }
    List<Instant> boundaries = List.copyOf(cuts);
    return Coverage.judge(inside, boundaries, meter.count(view, boundaries));
  }

  /// The partition of a slice, built unless someone else has done it meanwhile.
  private List<Partition> build(View view, InsertSlice slice) {
    return singleFlight.run(
        SingleFlight.key(view.id(), slice.begin()),
        () -> {
          List<Partition> inside = current(view, slice);
          if (inside.stream()
              .allMatch(p -> slice.contains(p.beginInsertTime(), p.endInsertTime()))) {
            Coverage coverage = judge(view, slice, inside, clock.instant());
            if (coverage.gaps().isEmpty() && coverage.stale().isEmpty()) {
              return coverage.current();
            }
          }
          return List.of(builder.build(view, slice));
        });
  }

  /// Partitions with the view's schema hash that strictly overlap a slice.
  private List<Partition> current(View view, InsertSlice slice) {
    return Coverage.proper(
        partitions
            .listByInsertTime(
                view.id().viewSet(), view.id().instanceId(), slice.begin(), slice.end())
            .stream()
            .filter(partition -> BuildTargets.overlaps(slice, partition))
            .filter(partition -> Arrays.equals(partition.schemaHash(), view.schema().hash()))
            .toList());
  }

  /// Contiguous windows over the hours, widened to the partitions that reach out of them.
  private static List<InsertSlice> windowsOver(Collection<Instant> hours, List<Partition> known) {
    List<InsertSlice> pieces = new ArrayList<>();
    for (Instant hour : hours) {
      pieces.add(new InsertSlice(hour, hour.plus(SettledHours.HOUR)));
    }
    List<InsertSlice> windows = coalesce(pieces);
    for (Partition partition : known) {
      if (windows.stream().anyMatch(window -> BuildTargets.overlaps(window, partition))) {
        pieces.add(new InsertSlice(partition.beginInsertTime(), partition.endInsertTime()));
      }
    }
    windows = coalesce(pieces);
    if (windows.size() <= MAX_WINDOWS) {
      return windows;
    }
    pieces.clear();
    pieces.add(new InsertSlice(windows.getFirst().begin(), windows.getLast().end()));
    known.forEach(partition ->
        pieces.add(new InsertSlice(partition.beginInsertTime(), partition.endInsertTime())));
    return coalesce(pieces);
  }

  /// Joins slices that overlap or touch.
  static List<InsertSlice> coalesce(List<InsertSlice> pieces) {
    List<InsertSlice> joined = new ArrayList<>();
    pieces.stream()
        .sorted(Comparator.comparing(InsertSlice::begin))
        .forEach(piece -> {
          InsertSlice last = joined.isEmpty() ? null : joined.getLast();
          if (last == null || piece.begin().isAfter(last.end())) {
            joined.add(piece);
          } else if (piece.end().isAfter(last.end())) {
            joined.set(joined.size() - 1, new InsertSlice(last.begin(), piece.end()));
          }
        });
    return joined;
  }

  private void remember(
      View view, List<InsertSlice> verified, List<Partition> current, List<Gap> tail, Instant now) {
    Instant settledBefore = now.minus(settings.settleAfter());
    for (InsertSlice window : verified) {
      for (Instant hour : BuildTargets.hours(window.begin(), window.end())) {
        InsertSlice slice = new InsertSlice(hour, hour.plus(SettledHours.HOUR));
        if (!slice.end().isAfter(settledBefore)
            && BuildTargets.contains(window, slice)
            && tail.stream()
                .noneMatch(gap ->
                    gap.slice().begin().isBefore(slice.end())
                        && gap.slice().end().isAfter(slice.begin()))) {
          settled.settle(view.id(), hour, current);
        }
      }
    }
  }
}
