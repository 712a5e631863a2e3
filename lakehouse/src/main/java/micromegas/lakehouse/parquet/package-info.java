/// Columns to Parquet bytes, for partitions that come from decoded blocks.
///
/// Comes in: ColumnBatch. Goes out: a Parquet file (ZSTD, row groups of at most 131,072 rows, chunk
/// statistics, ARROW:schema). Merges and SQL views are written by the query engine instead.
@NullMarked
package micromegas.lakehouse.parquet;

import org.jspecify.annotations.NullMarked;
