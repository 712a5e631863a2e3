package micromegas.lakehouse.materialize;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import micromegas.common.UnavailableException;
import micromegas.lakehouse.blocks.DecodeScratch;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.blocks.TickConverter;
import micromegas.lakehouse.chains.Chain;
import micromegas.lakehouse.chains.ChainProcessor;
import micromegas.lakehouse.chains.ChainRepairs;
import micromegas.lakehouse.chains.GrowingRows;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewSource;

/// The chains of one stream as they grow: blocks are decoded once, and rows that stay as they are
/// written once. Not thread-safe.
///
/// @param <E> the events of a decoded block
final class GrowingChains<E> implements GrowingFiles, ChainReader<E> {
  private final PipelineResources resources;
  private final Tools<DecodeScratch> decoders;
  private final Sinks sinks;
  private final View view;
  private final ChainProcessor<E> processor;
  private final GrowingRows<E> rows;
  private final Supplier<Path> targets;
  private Executor job;
  private final ColumnBatch unused;

  /// Files of the chains that have ended.
  private final List<PartitionFile> ended = new ArrayList<>();

  /// Files of settled ranges of the open chain.
  private final Map<GrowingRows.Range, PartitionFile> settled = new IdentityHashMap<>();

  private Optional<ChainRun.OpenChain> begun = Optional.empty();

  /// Largest end of the blocks of the open chain.
  private long endTicks;

  /// What is told about blocks besides their rows.
  record Sinks(BlockErrorSink errors, ChainRepairSink repairs, ChainPipeline.Clocks clocks) {}

  GrowingChains(
      PipelineResources resources,
      Tools<DecodeScratch> decoders,
      Sinks sinks,
      View view,
      ChainProcessor<E> processor,
      GrowingRows<E> rows,
      Supplier<Path> targets) {
    this.resources = resources;
    this.decoders = decoders;
    this.sinks = sinks;
    this.view = view;
    this.processor = processor;
    this.rows = rows;
    this.targets = targets;
    this.job = resources.job();
    this.unused = new ColumnBatch(view.schema().arrow());
  }

  @Override
  public Optional<List<PartitionFile>> add(List<SourceBlock> more) {
    job = resources.job();
    List<Chain> chains = Chain.split(more);
    if (begun.isPresent()) {
      if (more.getFirst().block().info().beginTicks() > endTicks) {
        end();
        begun = Optional.empty();
      } else {
        chains = joined(chains);
        SourceBlock last = chains.getFirst().last();
        if (!Jobs.call(job, () -> rows.goOn(last))) {
          return Optional.empty();
        }
      }
    }
    try (ChainRun<E> run =
        new ChainRun<>(resources, decoders, view, processor, sinks.clocks(), this)) {
      run.read(chains, false, begun, true);
      begun = run.begun();
      tell(run);
    }
    endTicks = begun.isPresent() ? endTicks : Long.MIN_VALUE;
    for (SourceBlock block : chains.getLast().blocks()) {
      endTicks = Math.max(endTicks, block.block().info().endTicks());
    }
    List<PartitionFile> files = new ArrayList<>(ended);
    if (begun.isPresent()) {
      files.addAll(open());
    }
    return Optional.of(files);
  }

  /// The blocks that still touch the open chain as one chain, which [Chain#split] cannot know when
  /// an earlier block ends late.
  private List<Chain> joined(List<Chain> chains) {
    List<SourceBlock> first = new ArrayList<>(chains.getFirst().blocks());
    long end = endTicks;
    for (SourceBlock block : first) {
      end = Math.max(end, block.block().info().endTicks());
    }
    int next = 1;
    while (next < chains.size() && chains.get(next).first().block().info().beginTicks() <= end) {
      first.addAll(chains.get(next).blocks());
      for (SourceBlock block : chains.get(next).blocks()) {
        end = Math.max(end, block.block().info().endTicks());
      }
      next++;
    }
    List<Chain> all = new ArrayList<>();
    all.add(new Chain(first));
    all.addAll(chains.subList(next, chains.size()));
    return all;
  }

  private void tell(ChainRun<E> run) {
    String viewSet = view.id().viewSet();
    sinks.errors().forget(viewSet, run.decoded());
    for (DecodedChunk.Failure failure : run.failures()) {
      sinks.errors().record(viewSet, failure.block(), failure.decoderVersion(), failure.error());
    }
    List<ChainRepairSink.RepairedChain> repaired = new ArrayList<>(run.repaired());
    Set<UUID> read = new HashSet<>(run.decoded());
    begun.ifPresent(chain -> {
      read.add(chain.first().block().info().blockId());
      if (!rows.repairs().isEmpty()) {
        repaired.add(
            new ChainRepairSink.RepairedChain(
                chain.first().block().info(), chain.last().block().info(), rows.repairs()));
      }
    });
    sinks.repairs().replace(viewSet, read, repaired);
  }

  @Override
  public void begin(Chain chain, TickConverter clock) {
    Jobs.run(job, () -> rows.begin(chain, clock));
  }

  @Override
  public void add(SourceBlock block, E events) {
    Jobs.run(job, () -> rows.add(block, events, unused));
  }

  @Override
  public ChainRepairs end() {
    ChainRepairs repairs = Jobs.call(job, rows::end);
    ended.addAll(open());
    settled.clear();
    return repairs;
  }

  /// The files of the chain that was begun last.
  private List<PartitionFile> open() {
    List<PartitionFile> files = new ArrayList<>();
    Map<GrowingRows.Range, PartitionFile> still = new IdentityHashMap<>();
    for (GrowingRows.Range range : Jobs.call(job, rows::ranges)) {
      PartitionFile known = settled.get(range);
      PartitionFile file = known == null ? write(range) : known;
      if (range.isSettled()) {
        still.put(range, file);
      }
      if (file.path().isPresent()) {
        files.add(file);
      }
    }
    settled.clear();
    settled.putAll(still);
    return files;
  }

  private PartitionFile write(GrowingRows.Range range) {
    Path target = targets.get();
    boolean keep = false;
    try (FileChannel channel =
            FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        ChainRowGroups groups =
            new ChainRowGroups(
                resources,
                view.schema().arrow(),
                ((ViewSource.Chains) view.source()).sortColumn(),
                channel)) {
      Jobs.run(job, () -> rows.start(range));
      new ChainFileReader<>(rows, groups, job, resources.settings().parquet().rowGroupRows())
          .drain();
      PartitionFile file = groups.finish(target);
      keep = file.path().isPresent();
      return file;
    } catch (IOException e) {
      throw new UnavailableException("cannot write " + target + ": " + e.getMessage(), e);
    } finally {
      if (!keep) {
        ScratchFiles.delete(target);
      }
    }
  }

  @Override
  public void close() {
    rows.close();
  }
}
