package micromegas.lakehouse.materialize;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import micromegas.common.TimeRange;

/// A finished local Parquet file, or the absence of rows.
///
/// @param path empty when there are no rows
/// @param rows rows in the file
/// @param eventTime bounds of the rows, in nanoseconds; empty without rows
/// @param sortOrder columns by which the rows are sorted, when guaranteed
public record PartitionFile(
    Optional<Path> path,
    long rows,
    Optional<TimeRange> eventTime,
    Optional<List<String>> sortOrder) {

  public static final PartitionFile EMPTY =
      new PartitionFile(Optional.empty(), 0, Optional.empty(), Optional.empty());
}
