package micromegas.lakehouse.fresh;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import micromegas.lake.partition.Partition;
import micromegas.lake.partition.PartitionStore;
import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.lakehouse.materialize.SingleFlight;
import micromegas.lakehouse.materialize.SliceBuilder;
import micromegas.lakehouse.source.InsertWindows;
import micromegas.lakehouse.source.IntervalCounts;
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
  private final Quiescence quiescence = new Quiescence();

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
    InsertWindows.State state = windows.state();
    Instant quiet = earlier(now, quiescence.observe(state));
    VerificationScope scope =
        VerificationScope.of(view, request, listed, windows, state.bounds(), settled, settings);
    Instant resting = quiet.equals(Instant.MIN) ? quiet : quiet.minus(settings.settleAfter());
    Verified verified = verify(view, scope.verify(), now, resting);
    Coverage coverage = verified.coverage();
    BuildTargets targets = BuildTargets.choose(view, coverage, verified.windows(), now, settings);
    List<Partition> current = new ArrayList<>(coverage.current());
    for (InsertSlice slice : targets.slices()) {
      current.removeIf(partition -> BuildTargets.overlaps(slice, partition));
    }
    Parallel.map(targets.slices(), settings.parallelBuilds(), slice -> build(view, slice))
        .forEach(current::addAll);
    current.sort(Comparator.comparing(Partition::beginInsertTime));
    remember(view, verified, current, targets.tail(), resting);
    List<Partition> answer = new ArrayList<>(current);
    for (Partition partition : listed) {
      if (verified.windows().stream()
          .noneMatch(window -> BuildTargets.overlaps(window, partition))) {
        answer.add(partition);
      }
    }
    answer.removeIf(
        partition -> !Bounds.meets(partition, request.eventTime()) || !scope.mayRead(partition));
    return new Answer(answer, targets.tail(), current);
  }

  /// What came out of comparing partitions with their source.
  ///
  /// @param windows that were compared: whole hours and whole partitions
  /// @param unregistered hours with blocks that wait for their stream or process
  private record Verified(
      List<InsertSlice> windows, Coverage coverage, Set<Instant> unregistered) {}

  /// Compares the partitions of some hours with their source.
  ///
  /// @param resting hours that end by then get no more rows
  private Verified verify(View view, Collection<Instant> hours, Instant now, Instant resting) {
    if (hours.isEmpty()) {
      return new Verified(List.of(), Coverage.NOTHING, Set.of());
    }
    TreeSet<Instant> sorted = new TreeSet<>(hours);
    InsertSlice span = new InsertSlice(sorted.first(), sorted.last().plus(SettledHours.HOUR));
    List<Partition> known = current(view, span);
    List<InsertSlice> windows = windowsOver(sorted, known);
    Coverage coverage = Coverage.NOTHING;
    Set<Instant> unregistered = new HashSet<>();
    for (InsertSlice window : windows) {
      List<Partition> inside =
          known.stream().filter(partition -> BuildTargets.overlaps(window, partition)).toList();
      List<Instant> cuts = cuts(window, inside, now);
      IntervalCounts counts = meter.count(view, cuts, resting);
      Coverage judged = Coverage.judge(inside, cuts, counts);
      if (judged.opensBefore(resting)) {
        // Nothing is built, and no rows are left out, because of what was counted some time ago.
        counts = meter.count(view, cuts);
        judged = Coverage.judge(inside, cuts, counts);
      }
      coverage = coverage.plus(judged);
      for (int i = 0; i < counts.unregistered().length; i++) {
        if (counts.unregistered()[i] > 0) {
          unregistered.add(BuildTargets.aligned(cuts.get(i), SettledHours.HOUR).begin());
        }
      }
    }
    return new Verified(windows, coverage, unregistered);
  }

  private List<Instant> cuts(InsertSlice window, List<Partition> inside, Instant now) {
    TreeSet<Instant> cuts = new TreeSet<>(Coverage.boundaries(window, inside, SettledHours.HOUR));
    Instant open =
        BuildTargets.aligned(now.minus(settings.closedAfter()), SettledHours.HOUR).begin();
    Instant openBegin = open.isAfter(window.begin()) ? open : window.begin();
    if (openBegin.isBefore(window.end())) {
      cuts.addAll(Coverage.boundaries(new InsertSlice(openBegin, window.end()), List.of(), MINUTE));
    }
    return List.copyOf(cuts);
  }

  /// The partition of a slice, built unless someone else has done it meanwhile.
  private List<Partition> build(View view, InsertSlice slice) {
    return singleFlight.run(
        SingleFlight.key(view.id(), slice.begin()),
        () -> {
          List<Partition> inside = current(view, slice);
          if (inside.stream()
              .allMatch(p -> slice.contains(p.beginInsertTime(), p.endInsertTime()))) {
            List<Instant> cuts = cuts(slice, inside, clock.instant());
            Coverage coverage = Coverage.judge(inside, cuts, meter.count(view, cuts));
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

  /// Remembers which of the verified hours can no longer change.
  ///
  /// @param resting hours that end by then get no more rows
  private void remember(
      View view, Verified verified, List<Partition> current, List<Gap> tail, Instant resting) {
    for (InsertSlice window : verified.windows()) {
      for (Instant hour : BuildTargets.hours(window.begin(), window.end())) {
        InsertSlice slice = new InsertSlice(hour, hour.plus(SettledHours.HOUR));
        if (!slice.end().isAfter(resting)
            && BuildTargets.contains(window, slice)
            && !verified.unregistered().contains(hour)
            && tail.stream()
                .noneMatch(gap ->
                    gap.slice().begin().isBefore(slice.end())
                        && gap.slice().end().isAfter(slice.begin()))) {
          settled.settle(view.id(), hour, current);
        }
      }
    }
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}
