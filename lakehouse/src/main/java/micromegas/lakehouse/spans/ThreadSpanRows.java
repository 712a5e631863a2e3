package micromegas.lakehouse.spans;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import micromegas.lakehouse.blocks.CallSiteHash;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.blocks.SpanEvents;
import micromegas.lakehouse.blocks.TickConverter;
import micromegas.lakehouse.chains.Chain;
import micromegas.lakehouse.chains.ChainRepairs;
import micromegas.lakehouse.chains.GrowingRows;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.transit.StreamInfo;

/// The rows of `thread_spans`, chain by chain. Not thread-safe.
///
/// While a chain grows, rows between open spans are settled once there are enough of them for a
/// file: those of open spans, and all between them that are few, may still change. An end that
/// nothing is open for, or the first span that ends at the top, moves all rows a level down, so
/// that none of them stays settled.
final class ThreadSpanRows implements GrowingRows<SpanEvents> {
  /// Rows that make a range of their own.
  static final int SETTLED_ROWS = 1 << 16;

  private final CallTree tree;
  private final CallTreeRows rows;
  private final int settledRows;
  private final List<Rows> settled = new ArrayList<>();
  private TickConverter clock = new TickConverter(0, 0, 1);
  private long chainEnd;
  private long lastBegin = Long.MIN_VALUE;

  // Of the settled ranges.
  private boolean hadRoot;
  private long unmatched;

  // The range that is drained; null when all rows are.
  private @org.jspecify.annotations.Nullable Rows draining;
  private long[] pathBefore = new long[1];

  /// Rows `from` to `to` of the tree, or its top where both are -1.
  private static final class Rows implements Range {
    final long from;
    final long to;
    final boolean isSettled;

    /// [CallTreeRows#path] after its last row, once it has been drained.
    long[] path = {};

    Rows(long from, long to, boolean isSettled) {
      this.from = from;
      this.to = to;
      this.isSettled = isSettled;
    }

    @Override
    public boolean isSettled() {
      return isSettled;
    }
  }

  ThreadSpanRows(CallTree tree, int settledRows) {
    this.tree = tree;
    this.rows = new CallTreeRows(tree);
    this.settledRows = settledRows;
  }

  @Override
  public void begin(Chain chain, TickConverter newClock) {
    clock = newClock;
    settled.clear();
    StreamInfo stream = chain.first().stream().info();
    String name = ThreadSpansProcessor.threadName(stream);
    tree.start(
        name.getBytes(StandardCharsets.UTF_8),
        CallSiteHash.of(name, "", "", 0),
        clock.relativeToNanos(chain.first().block().info().beginTicks()),
        end(chain.last()),
        lastBegin);
  }

  private long end(SourceBlock block) {
    return clock.relativeToNanos(block.block().info().endTicks());
  }

  @Override
  public boolean goOn(SourceBlock last) {
    // What counts ends where the last block does, which may be before the end of one before it.
    if (tree.isCutShort() || tree.lastTime() > end(last)) {
      return false;
    }
    tree.extend(end(last));
    return true;
  }

  @Override
  public void add(SourceBlock block, SpanEvents events, ColumnBatch out) {
    long begin = clock.relativeToNanos(block.block().info().beginTicks());
    chainEnd = end(block);
    tree.add(events, block.block().info().objectOffset());
    out.widen(begin, Math.max(begin, Math.max(chainEnd, tree.lastTime())));
  }

  @Override
  public ChainRepairs end() {
    tree.finish(chainEnd);
    lastBegin = tree.lastBegin();
    draining = null;
    rows.start();
    return tree.repairs();
  }

  @Override
  public ChainRepairs repairs() {
    return tree.repairs();
  }

  @Override
  public List<Range> ranges() {
    if (tree.openSpans() > 0 || tree.rangeEnd() != chainEnd) {
      tree.extend(chainEnd);
    }
    if (hadRoot != tree.hasRoot() || unmatched != tree.unmatched().size()) {
      settled.clear();
      hadRoot = tree.hasRoot();
      unmatched = tree.unmatched().size();
    }
    List<Rows> ranges = new ArrayList<>();
    ranges.add(new Rows(-1, -1, false));
    long at = 0;
    int open = 0;
    for (Rows kept : List.copyOf(settled)) {
      open = divide(at, kept.from, open, ranges);
      ranges.add(kept);
      at = kept.to;
    }
    divide(at, tree.rows().size(), open, ranges);
    settled.clear();
    ranges.stream().filter(Rows::isSettled).forEach(settled::add);
    pathBefore = new long[1];
    return List.copyOf(ranges);
  }

  /// Adds the ranges of rows that were not settled so far.
  ///
  /// @param firstOpen the first open span at or after `from`
  /// @return the same for `to`
  private int divide(long from, long to, int firstOpen, List<Rows> ranges) {
    int open = firstOpen;
    long start = from;
    long complete = from;
    while (true) {
      boolean inside = open < tree.openSpans() && tree.openRow(open) < to;
      long end = inside ? tree.openRow(open) : to;
      if (end - complete >= settledRows) {
        if (complete > start) {
          ranges.add(new Rows(start, complete, false));
        }
        ranges.add(new Rows(complete, end, true));
        start = end;
      }
      if (!inside) {
        break;
      }
      complete = end + 1;
      open++;
    }
    if (to > start) {
      ranges.add(new Rows(start, to, false));
    }
    return open;
  }

  @Override
  public void start(Range range) {
    Rows wanted = (Rows) range;
    draining = wanted;
    if (wanted.from < 0) {
      rows.startTop();
    } else {
      rows.start(wanted.from, wanted.to, pathBefore(wanted));
    }
  }

  /// That of the settled range before it, or of the range that was drained last.
  private long[] pathBefore(Rows wanted) {
    for (Rows kept : settled) {
      if (kept.to == wanted.from && kept.path.length > 0) {
        return kept.path;
      }
    }
    return pathBefore;
  }

  @Override
  public boolean drain(ColumnBatch out, int limit) {
    int before = out.rows();
    boolean more = rows.drain(out, limit);
    if (draining != null) {
      out.widenBy(out.longs(ThreadSpanColumns.BEGIN), before);
      out.widenBy(out.longs(ThreadSpanColumns.END), before);
      if (!more && draining.from >= 0) {
        draining.path = rows.path();
        pathBefore = draining.path;
      }
    }
    return more;
  }

  @Override
  public void close() {
    tree.close();
  }
}
