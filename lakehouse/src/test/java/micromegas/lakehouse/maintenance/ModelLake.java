package micromegas.lakehouse.maintenance;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import micromegas.common.CorruptDataException;
import micromegas.lake.partition.Partition;
import micromegas.lake.partition.RetireRule;
import micromegas.lake.partition.SourceCounts;
import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.lakehouse.materialize.SingleFlight;
import micromegas.lakehouse.materialize.SliceBuilder;
import micromegas.lakehouse.view.BatchPolicy;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewFactory;
import micromegas.lakehouse.view.ViewId;
import micromegas.lakehouse.view.ViewSchema;
import micromegas.lakehouse.view.ViewSource;
import micromegas.query.EventTimeColumns;
import org.apache.arrow.vector.types.pojo.Schema;

/// A lake of counters: blocks with insert times, partitions that remember which blocks they hold.
final class ModelLake implements SliceBuilder, SliceMerger, SourceStates {
  record Block(int id, Instant insertTime, int objects) {}

  final MemoryPartitions partitions = new MemoryPartitions();
  final List<Block> blocks = new ArrayList<>();
  final Map<String, Set<Integer>> content = new HashMap<>(); // by file path
  final Set<String> failing = new HashSet<>(); // names of view sets
  final Set<Integer> undecodable = new HashSet<>();
  final List<String> log = new ArrayList<>();
  boolean retry;
  Runnable beforeCommit = () -> {};

  final View rows =
      view("rows", 1000, Duration.ofHours(1), Duration.ofDays(1), new ViewSource.BlockRows());
  final View events =
      view(
          "events",
          2000,
          Duration.ofHours(1),
          Duration.ofHours(1),
          new ViewSource.Blocks("log", Map.of()));
  final View stats =
      view(
          "stats",
          3000,
          Duration.ofDays(1),
          Duration.ofDays(1),
          new ViewSource.Sql(
              new ViewSource.SourceCount.TaggedObjects("log"), "extract", "merge", List.of()));

  BatchMaterializer materializer() {
    // Registered out of order: groups decide.
    ViewFactory views =
        new ViewFactory.Builder()
            .addGlobalView(stats)
            .addGlobalView(events)
            .addGlobalView(rows)
            .build();
    return new BatchMaterializer(
        views, partitions, this, this, this, SingleFlight.inProcess(), Clock.systemUTC());
  }

  static View view(
      String name, int group, Duration maxSource, Duration maxMerge, ViewSource source) {
    return new View(
        ViewId.global(name),
        new ViewSchema(new Schema(List.of()), new byte[] {3}, EventTimeColumns.instant("time")),
        source,
        Optional.of(new BatchPolicy(group, maxSource, maxMerge)));
  }

  void insert(Instant time, int objects) {
    blocks.add(new Block(blocks.size(), time, objects));
  }

  List<Block> in(InsertSlice slice) {
    return blocks.stream().filter(block -> slice.contains(block.insertTime())).toList();
  }

  @Override
  public long count(View view, InsertSlice slice) {
    return in(slice).stream().mapToLong(Block::objects).sum();
  }

  @Override
  public SourceState of(View view, InsertSlice slice) {
    long lost =
        in(slice).stream()
            .filter(block -> undecodable.contains(block.id()))
            .mapToLong(Block::objects)
            .sum();
    return new SourceState(count(view, slice), lost, retry && lost > 0);
  }

  @Override
  public boolean anyBlock(InsertSlice slice) {
    return !in(slice).isEmpty();
  }

  @Override
  public Partition build(View view, InsertSlice slice) {
    if (failing.contains(view.id().viewSet())) {
      throw new CorruptDataException(view.id() + " fails");
    }
    log.add("build " + view.id().viewSet() + " " + slice.begin() + " " + slice.length());
    Set<Integer> held = new HashSet<>();
    long count = 0;
    for (Block block : in(slice)) {
      if (!undecodable.contains(block.id())) {
        held.add(block.id());
        count += block.objects();
      }
    }
    beforeCommit.run();
    return publish(view, slice, held, count);
  }

  @Override
  public Partition merge(View view, InsertSlice slice, List<Partition> inputs) {
    log.add("merge " + view.id().viewSet() + " " + slice.begin() + " " + slice.length());
    Set<Integer> held = new HashSet<>();
    long count = 0;
    for (Partition input : inputs) {
      held.addAll(heldBy(input));
      count += input.sourceCount();
    }
    beforeCommit.run();
    return publish(view, slice, held, count);
  }

  Partition publish(View view, InsertSlice slice, Set<Integer> held, long count) {
    Partition partition = partition(view, slice.begin(), slice.end(), held, count);
    partitions.commit(partition, RetireRule.CONTAINMENT);
    return partition;
  }

  Partition partition(View view, Instant begin, Instant end, Set<Integer> held, long count) {
    Optional<String> path =
        held.isEmpty() ? Optional.empty() : Optional.of(UUID.randomUUID().toString());
    path.ifPresent(p -> content.put(p, Set.copyOf(held)));
    return new Partition(
        view.id().viewSet(),
        view.id().instanceId(),
        begin,
        end,
        path.map(p -> new Partition.EventBounds(begin, end)),
        begin,
        path,
        held.size(),
        view.schema().hash(),
        SourceCounts.encode(count),
        held.size(),
        2,
        Optional.empty(),
        Optional.empty());
  }

  Set<Integer> heldBy(Partition partition) {
    return partition.filePath().map(path -> content.getOrDefault(path, Set.of())).orElse(Set.of());
  }

  List<Partition> of(View view) {
    return partitions.listAll().stream()
        .filter(partition -> partition.viewSet().equals(view.id().viewSet()))
        .sorted(java.util.Comparator.comparing(Partition::beginInsertTime))
        .toList();
  }
}
