package micromegas.lakehouse.materialize;

import java.util.ArrayList;
import java.util.List;

/// Rows of a batch that make one row group.
///
/// @param from inclusive
/// @param to exclusive
record RowGroupRange(int from, int to) {
  /// Readers handle this many rows at a time, so row groups are multiples of it where possible.
  private static final int VECTOR = 2048;

  /// As few row groups as possible and of about the same size, so that the work on them, now and in
  /// queries, is shared out evenly.
  ///
  /// @param most rows of a row group
  static List<RowGroupRange> split(int rows, int most) {
    List<RowGroupRange> ranges = new ArrayList<>();
    int groups = Math.ceilDiv(rows, most);
    if (groups > 0) {
      int even = Math.ceilDiv(rows, groups);
      int size = Math.min(most, Math.ceilDiv(even, VECTOR) * VECTOR);
      for (int from = 0; from < rows; from += size) {
        ranges.add(new RowGroupRange(from, Math.min(rows, from + size)));
      }
    }
    return ranges;
  }
}
