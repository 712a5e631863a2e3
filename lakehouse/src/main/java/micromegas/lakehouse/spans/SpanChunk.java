package micromegas.lakehouse.spans;

import java.util.Arrays;
import micromegas.lakehouse.blocks.CallSiteTable;

/// Consecutive rows of a [SpanStore] and their call sites. Grows with its rows up to a limit. Not
/// thread-safe.
final class SpanChunk {
  /// Most rows of a chunk.
  static final int MAX_ROWS = 1 << 16;

  /// A chunk also ends when the texts of its call sites have this many bytes.
  static final int MAX_TEXT_BYTES = 8 << 20;

  private static final int INITIAL = 1024;

  final CallSiteTable sites = new CallSiteTable();
  long[] ids = new long[INITIAL];
  long[] begins = new long[INITIAL];
  long[] ends = new long[INITIAL];
  int[] depths = new int[INITIAL];

  /// Index into [#sites].
  int[] rowSites = new int[INITIAL];

  int size;

  boolean isFull(int rows) {
    return size >= rows || sites.texts().bytes() >= MAX_TEXT_BYTES;
  }

  /// Makes room for `rows` rows in all.
  void reserve(int rows) {
    if (rows > ids.length) {
      int length = Math.max(rows, 2 * ids.length);
      ids = Arrays.copyOf(ids, length);
      begins = Arrays.copyOf(begins, length);
      ends = Arrays.copyOf(ends, length);
      depths = Arrays.copyOf(depths, length);
      rowSites = Arrays.copyOf(rowSites, length);
    }
  }

  void clear() {
    size = 0;
    sites.clear();
  }
}
