package micromegas.lakehouse.materialize;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import micromegas.common.UnavailableException;
import micromegas.lake.partition.Partition;
import micromegas.lake.partition.RetireRule;
import micromegas.lakehouse.view.View;

/// Builds slices of the view set `blocks` from PostgreSQL. Thread-safe.
public final class BlockRowsSliceBuilder implements SliceBuilder {
  private final SourceTotals totals;
  private final BlockRowsWriter rows;
  private final PartitionWriter writer;
  private final Path scratch;

  /// @param scratch folder for files between PostgreSQL and upload; made when it is missing
  public BlockRowsSliceBuilder(
      SourceTotals totals, BlockRowsWriter rows, PartitionWriter writer, Path scratch) {
    this.totals = totals;
    this.rows = rows;
    this.writer = writer;
    this.scratch = scratch;
  }

  @Override
  public long count(View view, InsertSlice slice) {
    return totals.blockRows(slice);
  }

  @Override
  public Partition build(View view, InsertSlice slice) {
    Path target = scratch.resolve("rows-" + UUID.randomUUID() + ".parquet");
    try {
      Files.createDirectories(scratch);
      BlockFileWriter.Written written = rows.write(view, slice, target);
      return writer.publish(
          view,
          slice.begin(),
          slice.end(),
          written.file(),
          written.sourceObjects(),
          RetireRule.CONTAINMENT);
    } catch (IOException e) {
      throw new UnavailableException("cannot write to " + scratch + ": " + e.getMessage(), e);
    } finally {
      ScratchFiles.delete(target);
    }
  }
}
