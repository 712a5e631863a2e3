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
import micromegas.common.ConflictException;
import micromegas.common.Nanos;
import micromegas.common.NotFoundException;
import micromegas.common.TimeRange;
import micromegas.common.UnavailableException;
import micromegas.lake.partition.Partition;
import micromegas.lake.partition.PartitionStore;
import micromegas.lake.partition.RetireRule;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.chains.Chain;
import micromegas.lakehouse.jit.PartitionSpec;
import micromegas.lakehouse.jit.SpecFreshness;
import micromegas.lakehouse.materialize.BlockFileWriter;
import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.lakehouse.materialize.PartitionWriter;
import micromegas.lakehouse.materialize.ScratchFiles;
import micromegas.lakehouse.materialize.SingleFlight;
import micromegas.lakehouse.source.BlockError;
import micromegas.lakehouse.source.BlockErrors;
import micromegas.lakehouse.source.BlockListing;
import micromegas.lakehouse.source.InsertWindows;
import micromegas.lakehouse.source.InsertWindows.HourTotals;
import micromegas.lakehouse.source.StreamDirectory;
import micromegas.lakehouse.view.View;
import micromegas.query.ScanRequest;

/// Finds, and where necessary writes, the partitions of a just-in-time instance that answer a scan.
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
  private final InstanceVerdicts verdicts = new InstanceVerdicts();

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
  /// @param tail blocks that no partition holds, each of which can be read alone
  /// @param groups blocks that no partition holds and that are read together, in this order
  record Answer(
      List<Partition> partitions, List<SourceBlock> tail, List<List<SourceBlock>> groups) {}

  /// What one scan found so far, or for one of its hours.
  private static final class Found {
    final Set<Partition> partitions = new LinkedHashSet<>();
    final List<SourceBlock> tail = new ArrayList<>();
    final List<List<SourceBlock>> groups = new ArrayList<>();

    /// Insert ranges that this scan has confirmed or written.
    final Set<RetireRule.InsertRange> handled = new LinkedHashSet<>();

    void add(Found hour) {
      partitions.addAll(hour.partitions);
      tail.addAll(hour.tail);
      groups.addAll(hour.groups);
    }
  }

  /// @throws NotFoundException when there is no such process or stream
  Answer scan(View view, ScanRequest request) {
    InstanceRules rules = new InstanceRules(view);
    rules.requireExists(directory);
    if (rules.isStitched()) {
      return request.materialize()
          ? stitched(rules, request)
          : new Answer(List.of(), List.of(), List.of());
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
      return new Answer(listed, List.of(), List.of());
    }
    Map<Instant, HourTotals> changed = new TreeMap<>();
    Found found = new Found();
    Instant closedBefore = clock.instant().minus(settings.closedAfter());
    for (HourTotals totals : totals(rules, request)) {
      Optional<InstanceVerdicts.Open> open =
          verdicts.find(view.id(), totals, request.eventTime(), listed);
      if (open.isEmpty() || (!open.get().isEmpty() && isClosed(totals.hour(), closedBefore))) {
        changed.put(totals.hour(), totals);
      } else {
        found.tail.addAll(open.get().tail());
        found.groups.addAll(open.get().groups());
      }
    }
    Set<Instant> hours = changed.keySet();
    for (InsertSlice window : windowsOver(hours)) {
      scanWindow(view, rules, window, closedBefore, changed, found);
    }
    for (Partition partition : listed) {
      if (hours.stream().noneMatch(hour -> touches(partition, hour))) {
        found.partitions.add(partition);
      }
    }
    found.partitions.removeIf(partition -> !Bounds.meets(partition, request.eventTime()));
    TimeRange wanted = VerificationScope.widen(request.eventTime(), settings.clockSlack());
    found.tail.removeIf(block -> !meets(block, wanted));
    found.groups.removeIf(group -> group.stream().noneMatch(block -> meets(block, wanted)));
    return new Answer(List.copyOf(found.partitions), found.tail, found.groups);
  }

  /// All blocks of the hours that the request touches, as one group.
  private Answer stitched(InstanceRules rules, ScanRequest request) {
    List<SourceBlock> blocks = new ArrayList<>();
    Set<Instant> hours =
        totals(rules, request).stream().map(HourTotals::hour).collect(Collectors.toSet());
    for (InsertSlice window : windowsOver(hours)) {
      blocks.addAll(listing.list(rules.blocks(window)));
    }
    blocks.sort(Chain.EVENT_ORDER);
    return new Answer(
        List.of(), List.of(), blocks.isEmpty() ? List.of() : List.of(List.copyOf(blocks)));
  }

  /// The blocks of all hours that the request may need, counted by PostgreSQL.
  private List<HourTotals> totals(InstanceRules rules, ScanRequest request) {
    TimeRange inserted = request.insertTime();
    Instant begin = inserted.isAll() ? Instant.EPOCH : Nanos.toInstant(inserted.beginNanos());
    Instant end = Nanos.toInstant(inserted.endNanos());
    InsertWindows.HourQuery wanted =
        rules.hours(
            begin.truncatedTo(ChronoUnit.MICROS),
            end.truncatedTo(ChronoUnit.MICROS).plus(1, ChronoUnit.MICROS),
            VerificationScope.widen(request.eventTime(), settings.clockSlack()));
    // Of an hour that has a wanted block, all blocks count.
    return inserted.isAll() && wanted.eventTime().isAll()
        ? windows.totals(wanted)
        : windows.totalsOfHours(wanted);
  }

  private void scanWindow(
      View view,
      InstanceRules rules,
      InsertSlice window,
      Instant closedBefore,
      Map<Instant, HourTotals> totals,
      Found found) {
    Map<Instant, List<SourceBlock>> byHour =
        listing.list(rules.blocks(window)).stream()
            .collect(
                Collectors.groupingBy(
                    block -> block.block().insertTime().truncatedTo(ChronoUnit.HOURS),
                    TreeMap::new,
                    Collectors.toList()));
    List<Partition> candidates = candidates(view, window.begin(), window.end());
    Map<UUID, BlockError> failed = failures(view, rules, window);
    List<PartitionSpec> specs = new ArrayList<>();
    Map<Instant, Found> answers = new TreeMap<>();
    for (Map.Entry<Instant, List<SourceBlock>> hour : byHour.entrySet()) {
      Found answer = new Found();
      answers.put(hour.getKey(), answer);
      if (isClosed(hour.getKey(), closedBefore)) {
        specs.addAll(rules.specs(hour.getValue()));
      } else if (rules.inChains()) {
        specs.addAll(openChains(rules, hour.getValue(), candidates, failed, answer));
      } else if (!answerOpenHour(view, rules, hour.getValue(), candidates, failed, answer)) {
        specs.addAll(rules.specs(hour.getValue()));
      }
    }
    List<Optional<Partition>> fresh = rules.check(specs, candidates, failed);
    for (Optional<Partition> partition : fresh) {
      partition.ifPresent(p -> found.handled.add(rangeOf(p)));
    }
    for (int i = 0; i < specs.size(); i++) {
      Parallel.checkInterrupted();
      PartitionSpec spec = specs.get(i);
      Partition partition = fresh.get(i).orElseGet(() -> write(view, rules, spec, found.handled));
      found.handled.add(rangeOf(partition));
      Instant hour = spec.firstInsert().truncatedTo(ChronoUnit.HOURS);
      answers.computeIfAbsent(hour, h -> new Found()).partitions.add(partition);
    }
    answers.forEach((hour, answer) -> {
      found.add(answer);
      HourTotals counted = totals.get(hour);
      if (counted != null) {
        verdicts.remember(
            view.id(),
            counted,
            answer.partitions,
            new InstanceVerdicts.Open(answer.tail, answer.groups));
      }
    });
  }

  private static boolean isClosed(Instant hour, Instant closedBefore) {
    return !hour.plus(SettledHours.HOUR).isAfter(closedBefore);
  }

  /// The last group of an hour that still grows is read as a whole for each query that finds it
  /// changed, and not stored: rows may reach over any border between a partition and the rest.
  ///
  /// @return the groups before it, which only a late block can change
  private static List<PartitionSpec> openChains(
      InstanceRules rules,
      List<SourceBlock> blocks,
      List<Partition> candidates,
      Map<UUID, BlockError> failed,
      Found found) {
    List<PartitionSpec> specs = rules.specs(blocks);
    if (specs.isEmpty() || rules.check(specs, candidates, failed).getLast().isPresent()) {
      return specs;
    }
    found.groups.add(specs.getLast().blocks());
    return specs.subList(0, specs.size() - 1);
  }

  /// Answers an hour that still grows from its partitions plus the tail, unless the tail is large.
  ///
  /// @return whether it was answered
  private boolean answerOpenHour(
      View view,
      InstanceRules rules,
      List<SourceBlock> blocks,
      List<Partition> candidates,
      Map<UUID, BlockError> failed,
      Found found) {
    List<Partition> exact = new ArrayList<>();
    List<SourceBlock> rest = new ArrayList<>(blocks);
    long covered = 0;
    for (Partition partition : candidates) {
      List<SourceBlock> inside = rest.stream().filter(block -> holds(partition, block)).toList();
      boolean whole =
          !inside.isEmpty()
              && blocks.stream().filter(block -> holds(partition, block)).count() == inside.size();
      if (whole && isExact(view, rules, partition, inside, failed)) {
        exact.add(partition);
        rest.removeAll(inside);
        covered += partition.sourceCount();
      }
    }
    long objects = rest.stream().mapToLong(block -> block.block().info().nbObjects()).sum();
    if (objects > Math.max(settings.tailObjects(), covered / 2)) {
      return false;
    }
    found.partitions.addAll(exact);
    if (!rest.isEmpty() && rules.inOneClock(rest.getFirst())) {
      found.groups.add(rest);
    } else {
      found.tail.addAll(rest);
    }
    return true;
  }

  private static boolean isExact(
      View view,
      InstanceRules rules,
      Partition partition,
      List<SourceBlock> blocks,
      Map<UUID, BlockError> failed) {
    SpecFreshness.Undecodable undecodable = rules.undecodable(blocks, failed);
    long objects = blocks.stream().mapToLong(block -> block.block().info().nbObjects()).sum();
    return partition.hasSourceCount()
        && Arrays.equals(partition.schemaHash(), view.schema().hash())
        && !undecodable.outdated()
        && (partition.sourceCount() == objects
            || partition.sourceCount() == objects - undecodable.objects());
  }

  private Partition write(
      View view, InstanceRules rules, PartitionSpec spec, Set<RetireRule.InsertRange> handled) {
    return singleFlight.run(
        SingleFlight.key(view.id(), spec.firstInsert()),
        () -> {
          List<Partition> candidates = candidates(view, spec.firstInsert(), spec.lastInsert());
          InsertSlice slice =
              new InsertSlice(spec.firstInsert(), spec.lastInsert().plus(1, ChronoUnit.MICROS));
          Optional<Partition> made =
              rules.check(List.of(spec), candidates, failures(view, rules, slice)).getFirst();
          return made.orElseGet(() -> build(view, rules, spec, handled));
        });
  }

  private Partition build(
      View view, InstanceRules rules, PartitionSpec spec, Set<RetireRule.InsertRange> handled) {
    Path target = scratch.resolve("instance-" + UUID.randomUUID() + ".parquet");
    try {
      Files.createDirectories(scratch);
      BlockFileWriter.Written written = files.write(view, spec.blocks(), target);
      if (rules.inChains()) {
        return publish(view, spec, written, new RetireRule.Overlap(handled));
      }
      try {
        return publish(view, spec, written, RetireRule.CONTAINMENT);
      } catch (ConflictException e) {
        // An older, wider partition of another grouping stands in the way.
        return publish(view, spec, written, new RetireRule.Overlap(handled));
      }
    } catch (IOException e) {
      throw new UnavailableException("cannot write to " + scratch + ": " + e.getMessage(), e);
    } finally {
      ScratchFiles.delete(target);
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

  private Map<UUID, BlockError> failures(View view, InstanceRules rules, InsertSlice window) {
    return errors.list(view.id().viewSet(), window).stream()
        .filter(rules::concerns)
        .collect(Collectors.toMap(BlockError::blockId, error -> error));
  }

  private static List<InsertSlice> windowsOver(Set<Instant> hours) {
    return GlobalScanner.coalesce(
        hours.stream().map(hour -> new InsertSlice(hour, hour.plus(SettledHours.HOUR))).toList());
  }

  private static boolean holds(Partition partition, SourceBlock block) {
    Instant time = block.block().insertTime();
    return !time.isBefore(partition.beginInsertTime()) && !time.isAfter(partition.endInsertTime());
  }

  static boolean touches(Partition partition, Instant hour) {
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
}
