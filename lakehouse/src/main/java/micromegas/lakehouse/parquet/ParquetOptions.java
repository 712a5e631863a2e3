package micromegas.lakehouse.parquet;

import micromegas.common.BadRequestException;

/// How files are written. What the defaults were compared with is in `docs/parquet.md`.
///
/// @param compressionLevel of ZSTD; 1 to 22
/// @param rowGroupRows most rows of a row group; at most 131,072, the reference's size, which is
///   what readers prune and share out by
/// @param rowGroupBytes most bytes of a row group before compression; see [RowGroupSizes]. A larger
///   row is a row group of its own. Writing and reading take memory for some row groups per thread.
/// @param pageRows most rows of a data page
/// @param pageBytes a data page of byte strings ends when it has this many bytes
/// @param dictionaryBytes a column whose distinct values of one row group need more is written
///   without dictionary, unless it would become [RowGroupSizes#MOST_UNFOLDING] times as large
public record ParquetOptions(
    int compressionLevel,
    int rowGroupRows,
    long rowGroupBytes,
    int pageRows,
    int pageBytes,
    int dictionaryBytes) {

  public static final int MAX_ROW_GROUP_ROWS = 131_072;

  /// 500 bytes a row when the row group has all its rows.
  public static final long DEFAULT_ROW_GROUP_BYTES = 64L << 20;

  public static final ParquetOptions DEFAULT =
      new ParquetOptions(
          1, MAX_ROW_GROUP_ROWS, DEFAULT_ROW_GROUP_BYTES, MAX_ROW_GROUP_ROWS, 1 << 20, 1 << 20);

  public ParquetOptions {
    if (compressionLevel < 1 || compressionLevel > 22) {
      throw new BadRequestException(
          "Parquet compression level must be 1 to 22, got " + compressionLevel);
    }
    if (rowGroupRows < 1 || rowGroupRows > MAX_ROW_GROUP_ROWS) {
      throw new BadRequestException(
          "Parquet row groups must have 1 to " + MAX_ROW_GROUP_ROWS + " rows, got " + rowGroupRows);
    }
    if (rowGroupBytes < 1 || rowGroupBytes > 1L << 30) {
      throw new BadRequestException(
          "Parquet row groups must have 1 byte to 1 GiB, got " + rowGroupBytes);
    }
    if (pageRows < 1 || pageBytes < 1 || dictionaryBytes < 1) {
      throw new BadRequestException("Parquet page and dictionary limits must be positive");
    }
  }
}
