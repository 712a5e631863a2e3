package micromegas.lakehouse.maintenance;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import micromegas.common.BadRequestException;
import micromegas.common.ConflictException;
import micromegas.common.UnavailableException;
import micromegas.lake.partition.Partition;
import micromegas.lake.partition.PartitionStore;
import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.lakehouse.materialize.SingleFlight;
import micromegas.lakehouse.materialize.SliceBuilder;
import micromegas.lakehouse.view.BatchPolicy;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings global views up to date over a range of insert time: builds slices from source, merges
/// small partitions (`lakehouse.md` 8.2 and 8.3). A pass can be repeated, interrupted and run next
/// to others at any time: it decides from what is in the lake, and decides again once it has a
/// slice for itself. Thread-safe.
public final class BatchMaterializer {
  private static final Logger LOG = LoggerFactory.getLogger(BatchMaterializer.class);

  private final ViewFactory views;
  private final PartitionStore partitions;
  private final SourceStates sources;
  private final SliceBuilder builder;
  private final SliceMerger merger;
  private final SingleFlight flight;
  private final Clock clock;
  private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();

  public BatchMaterializer(
      ViewFactory views,
      PartitionStore partitions,
      SourceStates sources,
      SliceBuilder builder,
      SliceMerger merger,
      SingleFlight flight,
      Clock clock) {
    this.views = views;
    this.partitions = partitions;
    this.sources = sources;
    this.builder = builder;
    this.merger = merger;
    this.flight = flight;
    this.clock = clock;
  }

  /// One pass over all global views, in the order of their update groups. A view that fails is
  /// logged, counted and left out; the others go on.
  ///
  /// @throws UnavailableException at the end when views failed, with their errors suppressed in it;
  ///   or at once when the thread is interrupted, whose flag stays set
  public PassResult materializeAll(Pass pass, ProgressListener progress) {
    TreeMap<Integer, List<View>> groups = new TreeMap<>();
    for (View view : views.globalViews()) {
      view.batch()
          .ifPresent(policy ->
              groups.computeIfAbsent(policy.updateGroup(), g -> new ArrayList<>()).add(view));
    }
    PassResult result = PassResult.NOTHING;
    List<String> failed = new ArrayList<>();
    List<RuntimeException> errors = new ArrayList<>();
    for (List<View> group : groups.values()) {
      // A group must see what the groups before it have just written.
      List<Partition> snapshot = partitions.snapshot(pass.range().begin(), pass.range().end());
      for (View view : group) {
        try {
          result = result.plus(materializeRange(view, pass, ofView(view, snapshot), progress));
        } catch (RuntimeException e) {
          checkInterrupt();
          LOG.error("materialize_view_failure {} {}", view.id(), pass.range(), e);
          failures.computeIfAbsent(view.id().toString(), id -> new LongAdder()).increment();
          say(progress, "%s failed: %s".formatted(view.id(), e.getMessage()));
          failed.add(view.id() + ": " + e.getMessage());
          errors.add(e);
        }
      }
    }
    if (!errors.isEmpty()) {
      UnavailableException error =
          new UnavailableException(
              "could not materialise %d of the views over %s: %s"
                  .formatted(errors.size(), pass.range(), String.join("; ", failed)),
              errors.getFirst());
      errors.stream().skip(1).forEach(error::addSuppressed);
      throw error;
    }
    return result;
  }

  /// One pass over one global view.
  public PassResult materialize(View view, Pass pass, ProgressListener progress) {
    policy(view);
    List<Partition> snapshot = partitions.snapshot(pass.range().begin(), pass.range().end());
    return materializeRange(view, pass, ofView(view, snapshot), progress);
  }

  /// Rebuilds every slice from its source, current or not.
  ///
  /// @throws BadRequestException when `delta` does not divide the range exactly, or an existing
  ///   partition (of any schema hash) reaches outside a slice; nothing has changed then
  public PassResult regenerate(
      View view, InsertSlice range, Duration delta, ProgressListener progress) {
    policy(view);
    if (delta.isZero() || delta.isNegative() || range.length().toNanos() % delta.toNanos() != 0) {
      throw new BadRequestException(
          "regenerate_partitions: delta (%s) does not exactly tile the requested range %s"
              .formatted(delta, range));
    }
    List<InsertSlice> slices = slices(range, delta);
    List<Partition> snapshot =
        partitions.snapshot(range.begin(), range.end()).stream()
            .filter(partition -> isOf(view, partition))
            .toList();
    for (InsertSlice slice : slices) {
      for (Partition partition : overlapping(slice, snapshot)) {
        if (!slice.contains(partition.beginInsertTime(), partition.endInsertTime())) {
          throw new BadRequestException(
              "regenerate_partitions: regeneration bucket [%s, %s] does not fully contain existing"
                      .formatted(slice.begin(), slice.end())
                  + " partition [%s, %s]"
                      .formatted(partition.beginInsertTime(), partition.endInsertTime()));
        }
      }
    }
    PassResult result = PassResult.NOTHING;
    for (InsertSlice slice : slices) {
      checkInterrupt();
      say(progress, describe(view, slice, "regenerating"));
      flight.run(SingleFlight.key(view.id(), slice.begin()), () -> builder.build(view, slice));
      result = result.plus(PassResult.CREATED);
    }
    return result;
  }

  /// How often each view (by its id) failed in a pass, since this object was made.
  public Map<String, Long> failures() {
    Map<String, Long> counts = new TreeMap<>();
    failures.forEach((id, count) -> counts.put(id, count.sum()));
    return counts;
  }

  private PassResult materializeRange(
      View view, Pass pass, List<Partition> snapshot, ProgressListener progress) {
    PassResult result = PassResult.NOTHING;
    for (InsertSlice slice : slices(pass.range(), pass.delta())) {
      checkInterrupt();
      result = result.plus(materializeSlice(view, slice, pass, snapshot, progress));
    }
    return result;
  }

  private PassResult materializeSlice(
      View view,
      InsertSlice slice,
      Pass pass,
      List<Partition> snapshot,
      ProgressListener progress) {
    List<Partition> candidates = overlapping(slice, snapshot);
    SourceState source = sources.of(view, slice);
    if (!pass.recordEmpty() && candidates.isEmpty() && source.total() == 0) {
      return PassResult.SKIPPED;
    }
    SliceDecision decision = SliceDecision.decide(slice, candidates, source);
    Duration limit;
    switch (decision) {
      case SliceDecision.Create create -> {
        say(progress, describe(view, slice, create.reason()));
        limit = policy(view).maxSourceSlice();
      }
      case SliceDecision.Merge merge -> {
        limit = policy(view).maxMergeSlice();
        if (limit.compareTo(slice.length()) < 0
            && merge.inputs().stream().allMatch(input -> length(input).equals(limit))) {
          say(progress, describe(view, slice, "subpartitions already present"));
          return PassResult.UP_TO_DATE;
        }
      }
      case SliceDecision.UpToDate upToDate -> {
        say(
            progress,
            describe(view, slice, "already up to date, nb_source_events=" + source.total()));
        return PassResult.UP_TO_DATE;
      }
      case SliceDecision.Abort abort -> {
        say(progress, describe(view, slice, abortReason(abort.partition())));
        return PassResult.ABORTED;
      }
    }
    if (limit.compareTo(slice.length()) < 0 && fitInto(slices(slice, limit), candidates)) {
      return materializeRange(
          view, new Pass(slice, limit, pass.recordEmpty()), candidates, progress);
    }
    return flight.run(
        SingleFlight.key(view.id(), slice.begin()), () -> execute(view, slice, progress));
  }

  /// Decides again from what is in the lake now, since whoever had the slice before may have done
  /// the work, and the snapshot of the pass may be old; then does it.
  private PassResult execute(View view, InsertSlice slice, ProgressListener progress) {
    List<Partition> current =
        overlapping(
            slice,
            ofView(
                view,
                partitions.listByInsertTime(
                    view.id().viewSet(), view.id().instanceId(), slice.begin(), slice.end())));
    return switch (SliceDecision.decide(slice, current, sources.of(view, slice))) {
      case SliceDecision.Create create -> {
        say(progress, describe(view, slice, "writing"));
        Partition made = builder.build(view, slice);
        say(progress, describe(view, slice, "created, rows=" + made.numRows()));
        yield PassResult.CREATED;
      }
      case SliceDecision.Merge merge -> {
        say(progress, describe(view, slice, "merging " + merge.inputs().size() + " partitions"));
        try {
          Partition made = merger.merge(view, slice, merge.inputs());
          say(progress, describe(view, slice, "merged, rows=" + made.numRows()));
          yield PassResult.MERGED;
        } catch (ConflictException e) {
          // Someone replaced an input meanwhile. The next pass sees what is there then.
          LOG.info("merge of {} {} given up: {}", view.id(), slice, e.getMessage());
          say(progress, describe(view, slice, "merge given up: " + e.getMessage()));
          yield PassResult.ABORTED;
        }
      }
      case SliceDecision.UpToDate upToDate -> {
        say(progress, describe(view, slice, "brought up to date by another writer"));
        yield PassResult.UP_TO_DATE;
      }
      case SliceDecision.Abort abort -> {
        say(progress, describe(view, slice, abortReason(abort.partition())));
        yield PassResult.ABORTED;
      }
    };
  }

  private static String abortReason(Partition partition) {
    return "found overlapping partition [%s, %s], aborting the update"
        .formatted(partition.beginInsertTime(), partition.endInsertTime());
  }

  private static BatchPolicy policy(View view) {
    return view.batch()
        .orElseThrow(
            () -> new BadRequestException(view.id() + " is not maintained slice by slice"));
  }

  private static List<InsertSlice> slices(InsertSlice range, Duration delta) {
    List<InsertSlice> slices = new ArrayList<>();
    Instant begin = range.begin();
    for (Instant end = begin.plus(delta); !end.isAfter(range.end()); end = end.plus(delta)) {
      slices.add(new InsertSlice(begin, end));
      begin = end;
    }
    return slices;
  }

  /// Whether each partition lies inside one of the shorter slices. A stale partition that does not
  /// (a day of `blocks` that got a late block) would stop the update of every shorter slice, so the
  /// slice as a whole is rebuilt.
  private static boolean fitInto(List<InsertSlice> slices, List<Partition> candidates) {
    return candidates.stream()
        .allMatch(candidate ->
            slices.stream()
                .anyMatch(slice ->
                    slice.contains(candidate.beginInsertTime(), candidate.endInsertTime())));
  }

  private static boolean isOf(View view, Partition partition) {
    return partition.viewSet().equals(view.id().viewSet())
        && partition.instanceId().equals(view.id().instanceId());
  }

  private static List<Partition> ofView(View view, List<Partition> snapshot) {
    return snapshot.stream()
        .filter(partition -> isOf(view, partition))
        .filter(partition -> Arrays.equals(partition.schemaHash(), view.schema().hash()))
        .sorted(Comparator.comparing(Partition::beginInsertTime))
        .toList();
  }

  private static List<Partition> overlapping(InsertSlice slice, List<Partition> snapshot) {
    return snapshot.stream()
        .filter(partition ->
            partition.beginInsertTime().isBefore(slice.end())
                && partition.endInsertTime().isAfter(slice.begin()))
        .toList();
  }

  private static Duration length(Partition partition) {
    return Duration.between(partition.beginInsertTime(), partition.endInsertTime());
  }

  private static String describe(View view, InsertSlice slice, String message) {
    return "[%s, %s] %s %s: %s"
        .formatted(
            slice.begin(), slice.end(), view.id().viewSet(), view.id().instanceId(), message);
  }

  private void say(ProgressListener progress, String message) {
    LOG.debug("{}", message);
    progress.line(clock.instant(), message);
  }

  private static void checkInterrupt() {
    if (Thread.currentThread().isInterrupted()) {
      throw new UnavailableException("materialisation was interrupted");
    }
  }
}
