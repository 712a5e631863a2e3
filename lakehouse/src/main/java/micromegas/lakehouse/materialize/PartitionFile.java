package micromegas.lakehouse.materialize;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import micromegas.common.TimeRange;

/// A finished local Parquet file, or the absence of rows.
///
/// @param path empty when there are no rows
/// @param rows rows in the file
/// @param eventTime bounds of the rows, in nanoseconds; empty without rows
/// @param sortOrder columns by which the rows are sorted, when guaranteed
/// @param maxSortKeyNanos the largest value of the time by which the rows ascend, for view sets
///   that record it
public record PartitionFile(
    Optional<Path> path,
    long rows,
    Optional<TimeRange> eventTime,
    Optional<List<String>> sortOrder,
    OptionalLong maxSortKeyNanos) {

  public static final PartitionFile EMPTY =
      new PartitionFile(Optional.empty(), 0, Optional.empty(), Optional.empty());

  /// Without a largest sort key.
  public PartitionFile(
      Optional<Path> path,
      long rows,
      Optional<TimeRange> eventTime,
      Optional<List<String>> sortOrder) {
    this(path, rows, eventTime, sortOrder, OptionalLong.empty());
  }
}
