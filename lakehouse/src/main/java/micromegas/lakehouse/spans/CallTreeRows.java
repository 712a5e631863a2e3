package micromegas.lakehouse.spans;

import java.util.Arrays;
import micromegas.lakehouse.columns.ColumnBatch;

/// The rows of a finished [CallTree] in order: the root, the spans of unmatched ends from the
/// outermost to the innermost, then all others. Not thread-safe; reusable.
final class CallTreeRows {
  private final CallTree tree;
  private final SpanChunk rowBuffer = new SpanChunk();
  private final SpanChunk unmatchedBuffer = new SpanChunk();

  /// Id of the latest row by its number of open spans.
  private long[] path = new long[64];

  private int pathLength;

  /// The first row that is not wanted.
  private long to;

  private boolean rootLeft;
  private int rootDepth;
  private long unmatched;
  private int chunk;
  private int row;

  // Spans of unmatched ends, outermost first.
  private long unmatchedLeft;
  private int unmatchedChunk;
  private long outer;

  // The innermost span of an unmatched end around the next row.
  private long passed;
  private int adopterChunk;
  private long adopterId;
  private long adopterEnd;

  CallTreeRows(CallTree tree) {
    this.tree = tree;
  }

  /// Begins with the tree that was finished last.
  void start() {
    rootLeft = tree.hasRoot();
    rootDepth = tree.hasRoot() ? 1 : 0;
    unmatched = tree.unmatched().size();
    unmatchedLeft = unmatched;
    unmatchedChunk = tree.unmatched().chunks() - 1;
    outer = CallTree.NO_ID;
    position(0, tree.rows().size());
  }

  /// Begins with the root and the spans of unmatched ends, and ends with them.
  void startTop() {
    start();
    position(0, 0);
  }

  /// Begins with one of the other rows.
  ///
  /// @param end the row to end before
  /// @param before [#path] after the row before the first one
  void start(long first, long end, long[] before) {
    start();
    rootLeft = false;
    unmatchedLeft = 0;
    path = Arrays.copyOf(before, Math.max(path.length, before.length));
    position(first, end);
  }

  private void position(long first, long end) {
    to = end;
    chunk = tree.rows().chunkOf(first);
    row = (int) (first - tree.rows().firstRow(chunk));
    passed = -1;
    adopterChunk = 0;
  }

  /// The ids around, and of, the latest row.
  long[] path() {
    return Arrays.copyOf(path, pathLength);
  }

  /// Appends rows until `out` has `limit` rows, a chunk ends, or none is left.
  ///
  /// @return whether there may be more
  boolean drain(ColumnBatch out, int limit) {
    SpanRowWriter writer = new SpanRowWriter(out);
    if (rootLeft && out.rows() < limit) {
      writer.sites(tree.rootSite());
      writer.write(CallTree.NO_ID, 0, 0, 0, tree.firstBegin(), tree.rangeEnd());
      rootLeft = false;
    }
    if (unmatchedLeft > 0) {
      drainUnmatched(writer, limit - out.rows());
      return true;
    }
    if (passed < 0) {
      passed = 0;
      findAdopter();
    }
    if (hasRows()) {
      drainRows(writer, limit - out.rows());
    }
    return hasRows();
  }

  private boolean hasRows() {
    return chunk < tree.rows().chunks() && tree.rows().firstRow(chunk) + row < to;
  }

  private void drainUnmatched(SpanRowWriter writer, int limit) {
    SpanStore store = tree.unmatched();
    SpanChunk source = store.chunk(unmatchedChunk, unmatchedBuffer);
    long first = store.firstRow(unmatchedChunk);
    writer.sites(source.sites);
    for (int i = 0; i < limit && unmatchedLeft > first; i++) {
      int index = (int) (--unmatchedLeft - first);
      long id = source.ids[index];
      int depth = (int) (unmatched - unmatchedLeft);
      writer.write(id, outer, depth, source.rowSites[index], tree.firstBegin(), source.ends[index]);
      outer = id;
    }
    if (unmatchedLeft == first) {
      unmatchedChunk--;
    }
  }

  /// Hot code.
  private void drainRows(SpanRowWriter writer, int limit) {
    SpanStore store = tree.rows();
    SpanChunk source = store.chunk(chunk, rowBuffer);
    long first = store.firstRow(chunk);
    writer.sites(source.sites);
    int end = (int) Math.min(Math.min(source.size, to - first), row + Math.max(0L, limit));
    while (row < end) {
      while (first + row >= adopterEnd) {
        passed++;
        findAdopter();
      }
      int shift = (int) (rootDepth + unmatched - passed);
      path[0] = adopterId;
      int border = (int) Math.min(end, adopterEnd - first);
      for (; row < border; row++) {
        int depth = source.depths[row];
        if (depth + 1 >= path.length) {
          path = Arrays.copyOf(path, 2 * path.length);
        }
        long id = source.ids[row];
        path[depth + 1] = id;
        pathLength = depth + 2;
        writer.write(
            id,
            path[depth],
            depth + shift,
            source.rowSites[row],
            source.begins[row],
            source.ends[row]);
      }
    }
    if (row == source.size) {
      chunk++;
      row = 0;
    }
  }

  /// Finds what adopts the rows after `passed` unmatched ends, and up to which row.
  private void findAdopter() {
    SpanStore store = tree.unmatched();
    if (passed == unmatched) {
      adopterId = tree.hasRoot() ? CallTree.NO_ID : 0;
      adopterEnd = Long.MAX_VALUE;
      return;
    }
    while (adopterChunk + 1 < store.chunks() && store.firstRow(adopterChunk + 1) <= passed) {
      adopterChunk++;
    }
    SpanChunk source = store.chunk(adopterChunk, unmatchedBuffer);
    int index = (int) (passed - store.firstRow(adopterChunk));
    adopterId = source.ids[index];
    adopterEnd = source.begins[index];
  }
}
