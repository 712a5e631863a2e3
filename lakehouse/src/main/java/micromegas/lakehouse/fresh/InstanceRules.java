package micromegas.lakehouse.fresh;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import micromegas.common.BadRequestException;
import micromegas.common.NotFoundException;
import micromegas.common.TimeRange;
import micromegas.lake.StoredStream;
import micromegas.lake.partition.Partition;
import micromegas.lakehouse.blocks.BlockProcessor;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.chains.Chain;
import micromegas.lakehouse.jit.BlockGrouping;
import micromegas.lakehouse.jit.PartitionSpec;
import micromegas.lakehouse.jit.SpecFreshness;
import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.lakehouse.source.BlockError;
import micromegas.lakehouse.source.BlockQuery;
import micromegas.lakehouse.source.InsertWindows;
import micromegas.lakehouse.source.StreamDirectory;
import micromegas.lakehouse.view.InstanceIds;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewSource;

/// In what just-in-time instances differ (`lakehouse.md` 9.1): whose blocks they read, in which
/// order, and when a partition is good. Immutable.
final class InstanceRules {
  private final View view;
  private final UUID id;

  /// Tag of the streams of the process with the id; empty when the id is that of a stream.
  private final Optional<String> processTag;

  /// @throws BadRequestException when the view has no instances
  InstanceRules(View view) {
    this.view = view;
    this.processTag =
        switch (view.source()) {
          case ViewSource.Blocks blocks -> Optional.of(blocks.tag());
          case ViewSource.Chains chains ->
              switch (chains.scope()) {
                case ViewSource.ChainScope.Process process -> Optional.of(process.tag());
                case ViewSource.ChainScope.Stream stream -> Optional.empty();
              };
          case ViewSource.BlockRows rows -> throw noInstances(view);
          case ViewSource.Sql sql -> throw noInstances(view);
        };
    this.id = InstanceIds.parse(view.id().instanceId());
  }

  private static BadRequestException noInstances(View view) {
    return new BadRequestException(view.id() + " has no instances of processes");
  }

  /// @throws NotFoundException when there is no such process or stream
  void requireExists(StreamDirectory directory) {
    UUID processId = id;
    if (processTag.isEmpty()) {
      processId =
          directory.stream(id)
              .map(StoredStream::info)
              .orElseThrow(() -> new NotFoundException("Stream not found: " + id))
              .processId();
    }
    if (directory.process(processId).isEmpty()) {
      throw new NotFoundException(
          "find_process: select from processes: no rows returned for process " + processId);
    }
  }

  InsertWindows.HourQuery hours(Instant begin, Instant end, TimeRange eventTime) {
    return new InsertWindows.HourQuery(
        begin,
        end,
        eventTime,
        processTag,
        processTag.isPresent() ? List.of(id) : List.of(),
        processTag.isPresent() ? List.of() : List.of(id));
  }

  BlockQuery blocks(InsertSlice window) {
    BlockQuery query = BlockQuery.of(window);
    return processTag.isPresent()
        ? query.withTag(processTag.get()).withProcess(id)
        : query.withStream(id);
  }

  boolean concerns(BlockError error) {
    return id.equals(processTag.isPresent() ? error.processId() : error.streamId());
  }

  /// Whether rows depend on the blocks around them, so that blocks of one group must be read
  /// together and in the order of their events.
  boolean inChains() {
    return view.source() instanceof ViewSource.Chains;
  }

  /// Whether all blocks of a scan are read together, and nothing is stored.
  boolean isStitched() {
    return view.source() instanceof ViewSource.Chains chains && chains.stitched();
  }

  /// Whether the times of a block's rows depend on the latest block of its process, so that blocks
  /// of one hour are converted anew together.
  boolean inOneClock(SourceBlock block) {
    return view.source() instanceof ViewSource.Blocks blocks
        && blocks.clock() == ViewSource.ClockRule.PROCESS
        && block.process().info().tscFrequency() <= 0;
  }

  /// What the partitions of an hour should be.
  ///
  /// @param hour blocks in the order of their listing
  List<PartitionSpec> specs(List<SourceBlock> hour) {
    return BlockGrouping.group(
        inChains() ? hour.stream().sorted(Chain.EVENT_ORDER).toList() : hour,
        BlockGrouping.MAX_OBJECTS);
  }

  /// The partition of each spec, empty where it has to be written.
  List<Optional<Partition>> check(
      List<PartitionSpec> specs, List<Partition> candidates, Map<UUID, BlockError> failed) {
    List<SpecFreshness.Undecodable> undecodable =
        specs.stream().map(spec -> undecodable(spec.blocks(), failed)).toList();
    return inChains()
        ? SpecFreshness.checkExact(specs, candidates, view.schema().hash(), undecodable)
        : SpecFreshness.check(specs, candidates, view.schema().hash(), undecodable);
  }

  SpecFreshness.Undecodable undecodable(List<SourceBlock> blocks, Map<UUID, BlockError> failed) {
    long objects = 0;
    boolean outdated = false;
    for (SourceBlock block : blocks) {
      BlockError error = failed.get(block.block().info().blockId());
      if (error != null) {
        OptionalInt version = decoderVersion(block.stream().info().format());
        if (version.isPresent() && version.getAsInt() == error.decoderVersion()) {
          objects += block.block().info().nbObjects();
        } else {
          outdated = true;
        }
      }
    }
    return new SpecFreshness.Undecodable(objects, outdated);
  }

  private OptionalInt decoderVersion(String format) {
    return switch (view.source()) {
      case ViewSource.Blocks blocks -> {
        BlockProcessor processor = blocks.processors().get(format);
        yield processor == null ? OptionalInt.empty() : OptionalInt.of(processor.version());
      }
      case ViewSource.Chains chains ->
          chains.format().equals(format)
              ? OptionalInt.of(chains.processor().version())
              : OptionalInt.empty();
      case ViewSource.BlockRows rows -> OptionalInt.empty();
      case ViewSource.Sql sql -> OptionalInt.empty();
    };
  }
}
