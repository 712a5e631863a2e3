package micromegas.lakehouse.materialize;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import micromegas.common.BadRequestException;
import micromegas.common.UnavailableException;
import micromegas.lake.partition.Partition;
import micromegas.lake.partition.RetireRule;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewSource;

/// Builds slices of global views over decoded blocks. Thread-safe.
public final class BlockSliceBuilder implements SliceBuilder {
  private final SliceBlocks listing;
  private final SourceTotals totals;
  private final BlockFileWriter files;
  private final FileSorter sorter;
  private final PartitionWriter writer;
  private final Path scratch;

  /// Puts the rows of a file into the order that the files of its view have.
  @FunctionalInterface
  public interface FileSorter {
    /// @param target path that does not exist yet, for a file in another order
    /// @return `file` itself when it is in order
    PartitionFile sorted(View view, PartitionFile file, Path target);
  }

  /// @param scratch folder for files between decoding and upload; made when it is missing
  public BlockSliceBuilder(
      SliceBlocks listing,
      SourceTotals totals,
      BlockFileWriter files,
      FileSorter sorter,
      PartitionWriter writer,
      Path scratch) {
    this.listing = listing;
    this.totals = totals;
    this.files = files;
    this.sorter = sorter;
    this.writer = writer;
    this.scratch = scratch;
  }

  /// For views whose files are in no order.
  public BlockSliceBuilder(
      SliceBlocks listing,
      SourceTotals totals,
      BlockFileWriter files,
      PartitionWriter writer,
      Path scratch) {
    this(listing, totals, files, (view, file, target) -> file, writer, scratch);
  }

  @Override
  public long count(View view, InsertSlice slice) {
    return totals.taggedObjects(slice, source(view).tag());
  }

  /// The recorded count is that of the blocks that were read, so a block that is committed
  /// meanwhile, or cannot be decoded, is not counted as done.
  @Override
  public Partition build(View view, InsertSlice slice) {
    Path target = scratch.resolve("blocks-" + UUID.randomUUID() + ".parquet");
    Path inOrder = scratch.resolve("sorted-" + UUID.randomUUID() + ".parquet");
    try {
      Files.createDirectories(scratch);
      BlockFileWriter.Written written =
          files.write(view, listing.blocks(slice, source(view).tag()), target);
      return writer.publish(
          view,
          slice.begin(),
          slice.end(),
          sorter.sorted(view, written.file(), inOrder),
          written.sourceObjects(),
          RetireRule.CONTAINMENT);
    } catch (IOException e) {
      throw new UnavailableException("cannot write to " + scratch + ": " + e.getMessage(), e);
    } finally {
      ScratchFiles.delete(target);
      ScratchFiles.delete(inOrder);
    }
  }

  private static ViewSource.Blocks source(View view) {
    if (view.source() instanceof ViewSource.Blocks blocks) {
      return blocks;
    }
    throw new BadRequestException(view.id() + " is not a view over decoded blocks");
  }
}
