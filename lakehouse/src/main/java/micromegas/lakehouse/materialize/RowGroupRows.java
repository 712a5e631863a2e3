package micromegas.lakehouse.materialize;

import java.util.List;
import micromegas.lake.partition.Partition;
import micromegas.lakehouse.parquet.ParquetOptions;
import micromegas.query.ExportRequest;

/// How many rows go into a row group of a file that the engine writes, which ends row groups by
/// rows only.
public final class RowGroupRows {
  /// Stored bytes of a row group, where its rows are large.
  private static final long BYTES = ParquetOptions.DEFAULT_ROW_GROUP_BYTES;

  private RowGroupRows() {}

  /// Row groups that hold large values, such as images, have fewer rows. Stored bytes are what is
  /// known of the rows; large values are mostly compressed already.
  ///
  /// @param bytes stored, of `rows` like those to write
  public static int fitting(long bytes, long rows) {
    long fitting = BYTES * Math.max(1, rows) / Math.max(1, bytes);
    return (int) Math.clamp(fitting, 1, ExportRequest.MAX_ROW_GROUP_ROWS);
  }

  /// The same for the rows of some partitions.
  public static int fitting(List<Partition> inputs) {
    return fitting(
        inputs.stream().mapToLong(Partition::fileSize).sum(),
        inputs.stream().mapToLong(Partition::numRows).sum());
  }
}
