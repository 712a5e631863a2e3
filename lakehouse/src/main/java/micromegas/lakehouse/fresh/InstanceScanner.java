package micromegas.lakehouse.fresh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import micromegas.common.BadRequestException;
import micromegas.common.ConflictException;
import micromegas.common.Nanos;
import micromegas.common.NotFoundException;
import micromegas.common.TimeRange;
import micromegas.common.UnavailableException;
import micromegas.lake.partition.Partition;
import micromegas.lake.partition.PartitionStore;
import micromegas.lake.partition.RetireRule;
import micromegas.lakehouse.blocks.BlockProcessor;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.jit.BlockGrouping;
import micromegas.lakehouse.jit.PartitionSpec;
import micromegas.lakehouse.jit.SpecFreshness;
import micromegas.lakehouse.materialize.BlockFileWriter;
import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.lakehouse.materialize.PartitionWriter;
import micromegas.lakehouse.materialize.SingleFlight;
import micromegas.lakehouse.source.BlockError;
import micromegas.lakehouse.source.BlockErrors;
import micromegas.lakehouse.source.BlockListing;
import micromegas.lakehouse.source.BlockQuery;
import micromegas.lakehouse.source.InsertWindows;
import micromegas.lakehouse.source.StreamDirectory;
import micromegas.lakehouse.view.InstanceIds;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewSource;
import micromegas.query.ScanRequest;

/// Finds, and where necessary writes, the partitions of a process's instance that answer a scan.
/// Thread-safe.
final class InstanceScanner {
  private final PartitionStore partitions;
  private final StreamDirectory directory;
  private final BlockListing listing;
  private final BlockErrors errors;
  private final InsertWindows windows;
  private final BlockFileWriter files;
  private final PartitionWriter writer;
  private final SingleFlight singleFlight;
  private final Path scratch;
  private final FreshSettings settings;
  private final Clock clock;

  InstanceScanner(FreshServices services, FreshSettings settings, Clock clock) {
    this.partitions = services.lake().partitions();
    this.directory = services.directory();
    this.listing = services.listing();
    this.errors = services.errors();
    this.windows = services.windows();
    this.files = services.files();
    this.writer = services.writer();
    this.singleFlight = services.singleFlight();
    this.scratch = services.scratch();
    this.settings = settings;
    this.clock = clock;
  }

  /// What answers a scan.
  ///
  /// @param tail blocks that no partition holds
  record Answer(List<Partition> partitions, List<SourceBlock> tail) {}

  /// @throws NotFoundException when there is no such process
  Answer scan(View view, ScanRequest request) {
    if (!(view.source() instanceof ViewSource.Blocks source)) {
      throw new BadRequestException(view.id() + " has no instances of processes");
    }
    UUID processId = InstanceIds.parse(view.id().instanceId());
    if (directory.process(processId).isEmpty()) {
      throw new NotFoundException(
          "find_process: select from processes: no rows returned for process " + processId);
    }
    List<Partition> listed =
        partitions
            .listByEventTime(
                view.id().viewSet(),
                view.id().instanceId(),
                request.eventTime(),
                view.schema().hash())
            .stream()
            .filter(partition -> Bounds.meets(partition, request.eventTime()))
            .toList();
    if (!request.materialize()) {
      return new Answer(listed, List.of());
    }
    List<Instant> hours = hours(source, processId, request);
    Set<Partition> answer = new LinkedHashSet<>();
    List<SourceBlock> tail = new ArrayList<>();
    Instant closedBefore = clock.instant().minus(settings.closedAfter());
    for (InsertSlice window : windowsOver(hours)) {
      scanWindow(view, source, processId, window, closedBefore, answer, tail);
    }
    for (Partition partition : listed) {
      if (hours.stream().noneMatch(hour -> touches(partition, hour))) {
        answer.add(partition);
      }
    }
    answer.removeIf(partition -> !Bounds.meets(partition, request.eventTime()));
    TimeRange wanted = VerificationScope.widen(request.eventTime(), settings.clockSlack());
    tail.removeIf(block -> !meets(block, wanted));
    return new Answer(List.copyOf(answer), tail);
  }

  private List<Instant> hours(ViewSource.Blocks source, UUID processId, ScanRequest request) {
    TimeRange inserted = request.insertTime();
    Instant begin = inserted.isAll() ? Instant.EPOCH : Nanos.toInstant(inserted.beginNanos());
    Instant end = Nanos.toInstant(inserted.endNanos());
    return windows.hours(
        new InsertWindows.HourQuery(
            begin.truncatedTo(ChronoUnit.MICROS),
            end.truncatedTo(ChronoUnit.MICROS).plus(1, ChronoUnit.MICROS),
            VerificationScope.widen(request.eventTime(), settings.clockSlack()),
            Optional.of(source.tag()),
            List.of(processId),
            List.of()));
  }

  private void scanWindow(
      View view,
      ViewSource.Blocks source,
      UUID processId,
      InsertSlice window,
      Instant closedBefore,
      Set<Partition> answer,
      List<SourceBlock> tail) {
    Map<Instant, List<SourceBlock>> byHour =
        listing.list(BlockQuery.of(window).withTag(source.tag()).withProcess(processId)).stream()
            .collect(
                Collectors.groupingBy(
                    block -> block.block().insertTime().truncatedTo(ChronoUnit.HOURS),
                    TreeMap::new,
                    Collectors.toList()));
    List<Partition> candidates = candidates(view, window.begin(), window.end());
    Map<UUID, BlockError> failed = failures(view, window, processId);
    List<PartitionSpec> specs = new ArrayList<>();
    for (Map.Entry<Instant, List<SourceBlock>> hour : byHour.entrySet()) {
      boolean closed = !hour.getKey().plus(SettledHours.HOUR).isAfter(closedBefore);
      if (closed
          || !answerOpenHour(view, source, hour.getValue(), candidates, failed, answer, tail)) {
        specs.addAll(BlockGrouping.group(hour.getValue(), BlockGrouping.MAX_OBJECTS));
      }
    }
    List<Optional<Partition>> fresh = check(view, source, specs, candidates, failed);
    Set<RetireRule.InsertRange> handled = new LinkedHashSet<>();
    for (Optional<Partition> partition : fresh) {
      partition.ifPresent(p -> handled.add(rangeOf(p)));
    }
    for (int i = 0; i < specs.size(); i++) {
      Parallel.checkInterrupted();
      PartitionSpec spec = specs.get(i);
      Partition partition = fresh.get(i).orElseGet(() -> write(view, source, spec, handled));
      handled.add(rangeOf(partition));
      answer.add(partition);
    }
  }

  /// Answers an hour that still grows from its partitions plus the tail, unless the tail is large.
  ///
  /// @return whether it was answered
  private boolean answerOpenHour(
      View view,
      ViewSource.Blocks source,
      List<SourceBlock> blocks,
      List<Partition> candidates,
      Map<UUID, BlockError> failed,
      Set<Partition> answer,
      List<SourceBlock> tail) {
    List<Partition> exact = new ArrayList<>();
    List<SourceBlock> rest = new ArrayList<>(blocks);
    long covered = 0;
    for (Partition partition : candidates) {
      List<SourceBlock> inside = rest.stream().filter(block -> holds(partition, block)).toList();
      boolean whole =
          !inside.isEmpty()
              && blocks.stream().filter(block -> holds(partition, block)).count() == inside.size();
      if (whole && isExact(view, source, partition, inside, failed)) {
        exact.add(partition);
        rest.removeAll(inside);
        covered += partition.sourceCount();
      }
    }
    long objects = rest.stream().mapToLong(block -> block.block().info().nbObjects()).sum();
    if (objects > Math.max(settings.tailObjects(), covered / 2)) {
      return false;
    }
    answer.addAll(exact);
    tail.addAll(rest);
    return true;
  }

  private static boolean isExact(
      View view,
      ViewSource.Blocks source,
      Partition partition,
      List<SourceBlock> blocks,
      Map<UUID, BlockError> failed) {
    SpecFreshness.Undecodable undecodable = undecodable(source, blocks, failed);
    long objects = blocks.stream().mapToLong(block -> block.block().info().nbObjects()).sum();
    return partition.hasSourceCount()
        && Arrays.equals(partition.schemaHash(), view.schema().hash())
        && !undecodable.outdated()
        && (partition.sourceCount() == objects
            || partition.sourceCount() == objects - undecodable.objects());
  }

  private Partition write(
      View view,
      ViewSource.Blocks source,
      PartitionSpec spec,
      Set<RetireRule.InsertRange> handled) {
    return singleFlight.run(
        SingleFlight.key(view.id(), spec.firstInsert()),
        () -> {
          List<Partition> candidates = candidates(view, spec.firstInsert(), spec.lastInsert());
          InsertSlice slice =
              new InsertSlice(spec.firstInsert(), spec.lastInsert().plus(1, ChronoUnit.MICROS));
          UUID processId = InstanceIds.parse(view.id().instanceId());
          Optional<Partition> made =
              check(view, source, List.of(spec), candidates, failures(view, slice, processId))
                  .getFirst();
          return made.orElseGet(() -> build(view, spec, handled));
        });
  }

  private Partition build(View view, PartitionSpec spec, Set<RetireRule.InsertRange> handled) {
    Path target = scratch.resolve("instance-" + UUID.randomUUID() + ".parquet");
    try {
      Files.createDirectories(scratch);
      BlockFileWriter.Written written = files.write(view, spec.blocks(), target);
      try {
        return publish(view, spec, written, RetireRule.CONTAINMENT);
      } catch (ConflictException e) {
        // An older, wider partition of another grouping stands in the way.
        return publish(view, spec, written, new RetireRule.Overlap(handled));
      }
    } catch (IOException e) {
      throw new UnavailableException("cannot write to " + scratch + ": " + e.getMessage(), e);
    } finally {
      deleteQuietly(target);
    }
  }

  private Partition publish(
      View view, PartitionSpec spec, BlockFileWriter.Written written, RetireRule rule) {
    return writer.publish(
        view, spec.firstInsert(), spec.lastInsert(), written.file(), written.sourceObjects(), rule);
  }

  private List<Partition> candidates(View view, Instant begin, Instant end) {
    return partitions.listByInsertTime(view.id().viewSet(), view.id().instanceId(), begin, end);
  }

  private Map<UUID, BlockError> failures(View view, InsertSlice window, UUID processId) {
    return errors.list(view.id().viewSet(), window).stream()
        .filter(error -> error.processId().equals(processId))
        .collect(Collectors.toMap(BlockError::blockId, error -> error));
  }

  private static List<Optional<Partition>> check(
      View view,
      ViewSource.Blocks source,
      List<PartitionSpec> specs,
      List<Partition> candidates,
      Map<UUID, BlockError> failed) {
    return SpecFreshness.check(
        specs,
        candidates,
        view.schema().hash(),
        specs.stream().map(spec -> undecodable(source, spec.blocks(), failed)).toList());
  }

  private static SpecFreshness.Undecodable undecodable(
      ViewSource.Blocks source, List<SourceBlock> blocks, Map<UUID, BlockError> failed) {
    long objects = 0;
    boolean outdated = false;
    for (SourceBlock block : blocks) {
      BlockError error = failed.get(block.block().info().blockId());
      if (error != null) {
        BlockProcessor processor = source.processors().get(block.stream().info().format());
        if (processor != null && processor.version() == error.decoderVersion()) {
          objects += block.block().info().nbObjects();
        } else {
          outdated = true;
        }
      }
    }
    return new SpecFreshness.Undecodable(objects, outdated);
  }

  private static List<InsertSlice> windowsOver(List<Instant> hours) {
    return GlobalScanner.coalesce(
        hours.stream().map(hour -> new InsertSlice(hour, hour.plus(SettledHours.HOUR))).toList());
  }

  private static boolean holds(Partition partition, SourceBlock block) {
    Instant time = block.block().insertTime();
    return !time.isBefore(partition.beginInsertTime()) && !time.isAfter(partition.endInsertTime());
  }

  private static boolean touches(Partition partition, Instant hour) {
    return partition.beginInsertTime().isBefore(hour.plus(SettledHours.HOUR))
        && !partition.endInsertTime().isBefore(hour);
  }

  static boolean meets(SourceBlock block, TimeRange range) {
    return range.overlaps(
        Nanos.fromInstant(block.block().info().beginTime()),
        Math.max(
            Nanos.fromInstant(block.block().info().beginTime()),
            Nanos.fromInstant(block.block().info().endTime())));
  }

  private static RetireRule.InsertRange rangeOf(Partition partition) {
    return new RetireRule.InsertRange(partition.beginInsertTime(), partition.endInsertTime());
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UnavailableException("cannot delete " + file, e);
    }
  }
}
