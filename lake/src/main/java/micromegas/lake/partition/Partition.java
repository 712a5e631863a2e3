package micromegas.lake.partition;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A row of `lakehouse_partitions`.
///
/// @param beginInsertTime batch views: begin of the half-open slice; just-in-time views: smallest
///   insert time of the source blocks
/// @param endInsertTime batch views: end of the half-open slice; just-in-time views: largest insert
///   time, inclusive
/// @param eventTime smallest and largest event time of the rows, rounded outward to microseconds;
///   empty for a partition without rows
/// @param updated wall clock of the writer
/// @param filePath key of the Parquet file; empty for a partition without rows
/// @param fileSize exact bytes of the file; 0 without file
/// @param schemaHash schema version of the view set when it was written
/// @param sourceHash 8 bytes, little-endian signed count of source objects; other lengths exist in
///   old lakes
/// @param numRows rows in the file
/// @param formatVersion always 2 for partitions written today
/// @param sortOrder columns by which the rows are sorted ascending; empty when nothing is
///   guaranteed
/// @param maxSortKeyTime exact maximum of the leading sort column, when the view set records it
@SuppressWarnings("ArrayRecordComponent") // hashes are compared with Arrays.equals
public record Partition(
    String viewSet,
    String instanceId,
    Instant beginInsertTime,
    Instant endInsertTime,
    Optional<EventBounds> eventTime,
    Instant updated,
    Optional<String> filePath,
    long fileSize,
    byte[] schemaHash,
    byte[] sourceHash,
    long numRows,
    int formatVersion,
    Optional<List<String>> sortOrder,
    Optional<Instant> maxSortKeyTime) {

  /// @param min smallest event time, microsecond precision, rounded down
  /// @param max largest event time, microsecond precision, rounded up
  public record EventBounds(Instant min, Instant max) {}

  /// Whether the source hash is a count, as in every partition written today.
  public boolean hasSourceCount() {
    return sourceHash.length == Long.BYTES;
  }

  /// The number of source objects.
  ///
  /// @throws micromegas.common.CorruptDataException when the hash is not a count
  public long sourceCount() {
    return SourceCounts.decode(sourceHash);
  }
}
