package micromegas.lakehouse.fresh;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import micromegas.common.ConflictException;
import micromegas.common.NotFoundException;
import micromegas.common.TimeRange;
import micromegas.common.UnavailableException;
import micromegas.lake.objects.LocalFiles;
import micromegas.lake.objects.LocalFiles.Pinned;
import micromegas.lake.partition.Partition;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.keys.IndexedFiles;
import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.lakehouse.source.BlockListing;
import micromegas.lakehouse.source.BlockQuery;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewSource;
import micromegas.query.ScanPart;
import micromegas.query.ScanPlan;
import micromegas.query.ScanRequest;

/// Plans scans of views so that every block acknowledged before the call is in the answer exactly
/// once. Thread-safe.
///
/// Hours that are over are answered by partitions, which are built here when they are missing or do
/// not match their source; the open hour by partitions plus the tail. SQL views answer what their
/// partitions leave open with their extract query, over views that are planned here again.
public final class FreshScanner {
  private static final int ATTEMPTS = 3;

  private final LocalFiles local;
  private final BlockListing listing;
  private final TailSegments tail;
  private final IndexedFiles indexed;
  private final GlobalScanner globals;
  private final InstanceScanner instances;
  private final FreshSettings settings;

  public FreshScanner(FreshServices services, FreshSettings settings, Clock clock) {
    this.local = services.lake().files();
    this.listing = services.listing();
    this.tail = services.tail();
    this.indexed = services.indexed();
    this.globals =
        new GlobalScanner(
            services.lake().partitions(),
            services.windows(),
            services.meter(),
            services.builder(),
            services.singleFlight(),
            settings,
            clock);
    this.instances = new InstanceScanner(services, settings, clock);
    this.settings = settings;
  }

  /// Brings `view` up to date for `request`, unless told not to, and says where its rows are.
  ///
  /// @throws NotFoundException for an instance of a process that does not exist
  /// @throws UnavailableException when a store does not answer, or the calling thread is
  ///   interrupted
  public ScanPlan scan(View view, ScanRequest request) {
    for (int attempt = 1; ; attempt++) {
      PlanResources resources = new PlanResources();
      try {
        return plan(view, request, resources);
      } catch (MissingFileException | ConflictException e) {
        // Someone replaced partitions between listing and reading or building: list again.
        resources.close();
        if (attempt == ATTEMPTS) {
          throw new UnavailableException(
              "partitions of " + view.id() + " keep changing: " + e.getMessage(), e);
        }
      } catch (RuntimeException e) {
        resources.close();
        throw e;
      }
    }
  }

  private ScanPlan plan(View view, ScanRequest request, PlanResources resources) {
    List<ScanPart> parts = new ArrayList<>();
    if (!view.id().isGlobal()) {
      InstanceScanner.Answer answer = instances.scan(view, request);
      addFiles(parts, answer.partitions(), resources);
      addTail(parts, view, answer.tail(), request.eventTime(), resources);
      addGroups(parts, view, answer.groups(), request.eventTime(), resources);
      return new ScanPlan(parts, Optional.empty(), resources);
    }
    GlobalScanner.Answer answer = globals.scan(view, request);
    addFiles(parts, indexed.mayHold(view, answer.partitions(), request.keys()), resources);
    List<InsertSlice> open = joined(answer.tail(), answer.covered());
    if (view.source() instanceof ViewSource.Sql sql) {
      for (InsertSlice slice : open) {
        parts.add(
            new ScanPart.Subquery(
                sql.extractSql()
                    .replace("{begin}", slice.begin().toString())
                    .replace("{end}", slice.end().toString())));
      }
      return new ScanPlan(parts, Optional.of(sql.mergeSql()), resources);
    }
    List<SourceBlock> blocks = new ArrayList<>();
    for (InsertSlice slice : open) {
      BlockQuery query = BlockQuery.of(slice);
      blocks.addAll(
          listing.list(
              view.source() instanceof ViewSource.Blocks source
                  ? query.withTag(source.tag())
                  : query));
    }
    addTail(parts, view, wantedMinutes(view, blocks, request), request.eventTime(), resources);
    return new ScanPlan(parts, Optional.empty(), resources);
  }

  /// Joins gaps that have no current partition between them: nothing was counted there, but what
  /// arrives meanwhile may be read as well.
  private static List<InsertSlice> joined(List<Gap> gaps, List<Partition> covered) {
    List<InsertSlice> slices = new ArrayList<>();
    for (Gap gap : gaps) {
      InsertSlice last = slices.isEmpty() ? null : slices.getLast();
      InsertSlice both =
          last == null ? gap.slice() : new InsertSlice(last.begin(), gap.slice().end());
      if (last != null
          && covered.stream().noneMatch(partition -> BuildTargets.overlaps(both, partition))) {
        slices.set(slices.size() - 1, both);
      } else {
        slices.add(gap.slice());
      }
    }
    return slices;
  }

  /// Whole minutes are kept, so that their segments serve the next query; minutes without a wanted
  /// block are left out.
  private List<SourceBlock> wantedMinutes(
      View view, List<SourceBlock> blocks, ScanRequest request) {
    if (request.eventTime().isAll() || !(view.source() instanceof ViewSource.Blocks)) {
      return blocks;
    }
    TimeRange wanted = VerificationScope.widen(request.eventTime(), settings.clockSlack());
    Map<Instant, List<SourceBlock>> minutes =
        blocks.stream()
            .collect(
                Collectors.groupingBy(
                    block -> block.block().insertTime().truncatedTo(ChronoUnit.MINUTES),
                    TreeMap::new,
                    Collectors.toList()));
    return minutes.values().stream()
        .filter(minute -> minute.stream().anyMatch(b -> InstanceScanner.meets(b, wanted)))
        .flatMap(Collection::stream)
        .toList();
  }

  private void addFiles(List<ScanPart> parts, List<Partition> partitions, PlanResources resources) {
    List<Partition> files =
        partitions.stream().filter(partition -> partition.filePath().isPresent()).toList();
    if (!files.isEmpty()) {
      parts.add(
          new ScanPart.ParquetFiles(
              Parallel.map(files, fetchLimit(files), file -> fetch(file, resources))));
    }
  }

  private int fetchLimit(List<Partition> files) {
    return Math.min(settings.parallelFetches(), files.size());
  }

  private Path fetch(Partition partition, PlanResources resources) {
    String key = partition.filePath().orElseThrow();
    try {
      return resources.add(local.fetch(key, partition.fileSize())).path();
    } catch (NotFoundException e) {
      throw new MissingFileException(key, e);
    }
  }

  private void addTail(
      List<ScanPart> parts,
      View view,
      List<SourceBlock> blocks,
      TimeRange range,
      PlanResources resources) {
    List<Path> paths = new ArrayList<>();
    for (Pinned pin : tail.pin(view, blocks, range)) {
      paths.add(resources.add(pin).path());
    }
    if (!paths.isEmpty()) {
      parts.add(new ScanPart.ParquetFiles(paths));
    }
  }

  private void addGroups(
      List<ScanPart> parts,
      View view,
      List<List<SourceBlock>> groups,
      TimeRange range,
      PlanResources resources) {
    List<Path> paths = new ArrayList<>();
    for (List<SourceBlock> group : groups) {
      for (Pinned pin : tail.pinGroup(view, group, range)) {
        paths.add(resources.add(pin).path());
      }
    }
    if (!paths.isEmpty()) {
      parts.add(new ScanPart.ParquetFiles(paths));
    }
  }

  /// A listed partition file is gone: retired more than an hour ago, or deleted by hand.
  private static final class MissingFileException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MissingFileException(String key, Throwable cause) {
      super("partition file " + key + " is gone", cause);
    }
  }
}
