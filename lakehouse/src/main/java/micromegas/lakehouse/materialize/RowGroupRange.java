package micromegas.lakehouse.materialize;

import java.util.ArrayList;
import java.util.List;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.parquet.ParquetOptions;
import micromegas.lakehouse.parquet.RowGroupSizes;

/// Rows of a batch that make one row group.
///
/// @param from inclusive
/// @param to exclusive
record RowGroupRange(int from, int to) {
  /// Readers handle this many rows at a time, so row groups are multiples of it where possible.
  private static final int VECTOR = 2048;

  /// As few row groups as possible and of about the same size, so that the work on them, now and in
  /// queries, is shared out evenly; more of them where rows are large.
  ///
  /// @param batch must not change as long as the ranges are used
  static List<RowGroupRange> split(ColumnBatch batch, ParquetOptions options) {
    List<RowGroupRange> ranges = new ArrayList<>();
    int rows = batch.rows();
    int groups = Math.ceilDiv(rows, options.rowGroupRows());
    if (groups > 0) {
      RowGroupSizes sizes = new RowGroupSizes(batch, options);
      int even = Math.ceilDiv(rows, groups);
      int size = Math.min(options.rowGroupRows(), Math.ceilDiv(even, VECTOR) * VECTOR);
      int from = 0;
      while (from < rows) {
        int most = Math.min(rows, from + size);
        int to = sizes.end(from, most);
        if (to < most && to - from > VECTOR) {
          to = from + (to - from) / VECTOR * VECTOR;
        }
        ranges.add(new RowGroupRange(from, to));
        from = to;
      }
    }
    return ranges;
  }
}
