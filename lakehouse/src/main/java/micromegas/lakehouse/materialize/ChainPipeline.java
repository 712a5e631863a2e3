package micromegas.lakehouse.materialize;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import micromegas.common.BadRequestException;
import micromegas.common.UnavailableException;
import micromegas.lake.StoredProcess;
import micromegas.lakehouse.blocks.DecodeScratch;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.blocks.TickConverter;
import micromegas.lakehouse.chains.Chain;
import micromegas.lakehouse.chains.ChainProcessor;
import micromegas.lakehouse.chains.ChainRows;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Chains of blocks to a Parquet file: blocks are fetched and decoded ahead side by side, read in
/// order, and their rows encoded by row groups while reading goes on. Shares threads and memory
/// with a [BlockPipeline]. Thread-safe.
///
/// A block that cannot be decoded is recorded. Its chain ends before it, and what follows is a new
/// chain; stitched chains go on without it.
public final class ChainPipeline implements BlockFileWriter, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChainPipeline.class);

  private final PipelineResources resources;
  private final BlockErrorSink errors;
  private final ChainRepairSink repairs;
  private final Clocks clocks;
  private final Path scratch;
  private final Tools<DecodeScratch> decoders;

  /// Finds the clock of a process that has blocks. Thread-safe.
  @FunctionalInterface
  public interface Clocks {
    TickConverter of(StoredProcess process);
  }

  /// @param pipeline must be closed after this one
  /// @param scratch folder for rows that do not fit into memory; made when it is missing
  public ChainPipeline(
      BlockPipeline pipeline,
      BlockErrorSink errors,
      ChainRepairSink repairs,
      Clocks clocks,
      Path scratch) {
    this.resources = pipeline.resources();
    this.errors = errors;
    this.repairs = repairs;
    this.clocks = clocks;
    this.scratch = scratch;
    PipelineSettings settings = resources.settings();
    this.decoders =
        new Tools<>(
            settings.workers(), schema -> new DecodeScratch(settings.decode()), decoder -> {});
  }

  /// {@inheritDoc}
  ///
  /// @param blocks in [Chain#EVENT_ORDER]
  /// @throws BadRequestException for a view that is not over chains of blocks
  /// @throws micromegas.common.CorruptDataException when a process has no usable clock
  /// @throws UnavailableException when payloads cannot be read, files cannot be written, or the
  ///   calling thread is interrupted
  @Override
  public Written write(View view, Iterable<SourceBlock> blocks, Path target) {
    if (!(view.source() instanceof ViewSource.Chains source)) {
      throw new BadRequestException(view.id() + " is not a view over chains of blocks");
    }
    List<SourceBlock> readable = new ArrayList<>();
    long skipped = 0;
    for (SourceBlock block : blocks) {
      if (block.stream().info().format().equals(source.format())) {
        readable.add(block);
      } else {
        LOG.warn(
            "block {} has format {}, which the view set does not read",
            block.block().info().blockId(),
            block.stream().info().format());
        skipped += block.block().info().nbObjects();
      }
    }
    List<Chain> chains = source.stitched() ? Chain.stitch(readable) : Chain.split(readable);
    return write(view, source, source.processor(), chains, skipped, target);
  }

  private <E> Written write(
      View view,
      ViewSource.Chains source,
      ChainProcessor<E> processor,
      List<Chain> chains,
      long skippedObjects,
      Path target) {
    boolean keep = false;
    try {
      Files.createDirectories(scratch);
      try (FileChannel channel =
              FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
          ChainRowGroups groups =
              new ChainRowGroups(resources, view.schema().arrow(), source.sortColumn(), channel);
          ChainRows<E> rows = processor.rows(scratch);
          ChainRun<E> run =
              new ChainRun<>(
                  resources,
                  decoders,
                  view,
                  processor,
                  clocks,
                  new ChainFileReader<>(
                      rows,
                      groups,
                      resources.job(),
                      resources.settings().parquet().rowGroupRows()))) {
        run.read(chains, source.stitched());
        errors.forget(view.id().viewSet(), run.decoded());
        for (DecodedChunk.Failure failure : run.failures()) {
          errors.record(
              view.id().viewSet(), failure.block(), failure.decoderVersion(), failure.error());
        }
        repairs.replace(view.id().viewSet(), run.decoded(), run.repaired());
        PartitionFile file = groups.finish(target);
        keep = file.path().isPresent();
        return new Written(file, run.objects() + skippedObjects);
      }
    } catch (IOException e) {
      throw new UnavailableException("cannot write " + target + ": " + e.getMessage(), e);
    } finally {
      if (!keep) {
        ScratchFiles.delete(target);
      }
    }
  }

  /// {@inheritDoc}
  ///
  /// Only for chains that end at gaps, of processes that know their frequency: the times of the
  /// others change with each block.
  @Override
  public Optional<GrowingFiles> growing(View view, SourceBlock first, Supplier<Path> targets) {
    return view.source() instanceof ViewSource.Chains source
            && source.scope() instanceof ViewSource.ChainScope.Stream
            && !source.stitched()
            && first.stream().info().format().equals(source.format())
            && first.process().info().tscFrequency() > 0
        ? growing(view, source.processor(), targets)
        : Optional.empty();
  }

  private <E> Optional<GrowingFiles> growing(
      View view, ChainProcessor<E> processor, Supplier<Path> targets) {
    try {
      Files.createDirectories(scratch);
    } catch (IOException e) {
      throw new UnavailableException("cannot use " + scratch + ": " + e.getMessage(), e);
    }
    return processor
        .growing(scratch)
        .map(rows ->
            new GrowingChains<>(
                resources,
                decoders,
                new GrowingChains.Sinks(errors, repairs, clocks),
                view,
                processor,
                rows,
                targets));
  }

  @Override
  public void close() {
    decoders.close();
  }
}
