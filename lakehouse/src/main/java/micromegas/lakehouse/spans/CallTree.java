package micromegas.lakehouse.spans;

import java.nio.file.Path;
import micromegas.lakehouse.blocks.CallSiteTable;
import micromegas.lakehouse.blocks.SpanEvents;
import micromegas.lakehouse.chains.ChainRepairs;

/// Builds the call tree of one chain (`views.md` 5.3) as rows in pre-order, which is the order of
/// the begin events. Not thread-safe; reusable from chain to chain.
///
/// The tree exists only as rows and as the stack of open spans. What the algorithm does to rows
/// that are long complete is recorded instead of done:
///
/// - The root is a flag: it exists once something has completed while nothing was open.
/// - An end without a span ("unmatched") makes a span that reaches back to the begin of the chain
///   and adopts everything completed so far. These spans are a list: the last one is the outermost,
///   and each row lies below all those that came after it.
///
/// So the final depth of a row is the number of open spans at its begin, plus one for the root,
/// plus the number of unmatched ends that come after it ([CallTreeRows]).
final class CallTree implements AutoCloseable {
  /// Of spans that are no event: the root.
  static final long NO_ID = -1;

  /// Most unmatched ends that are kept in memory; usually there are a few.
  private static final int UNMATCHED_ROWS = 1 << 12;

  private final SpanLimits limits;
  private final OpenSpans open = new OpenSpans();
  private final SpanStore rows;

  /// Spans of unmatched ends, in the order of their ends; the column `begins` holds the number of
  /// [#rows] before the end.
  private final SpanStore unmatched;

  private final CallSiteTable rootSite = new CallSiteTable();
  private CallSiteTable sites = rootSite;
  private int rootHash;
  private boolean hasRoot;
  private long rangeBegin;
  private long rangeEnd;
  private long firstBegin;
  private long lastBegin;
  private long lastTime;
  private int tooDeep;
  private boolean cutShort;

  // What had to be set right; see ChainRepairs.
  private long crossingEnds;
  private long cutSpans;
  private long strayEnds;
  private long movedBegins;
  private long leftOut;

  CallTree(Path scratch, SpanLimits limits) {
    this.limits = limits;
    this.rows = new SpanStore(scratch, limits.memoryRows());
    this.unmatched = new SpanStore(scratch, Math.min(UNMATCHED_ROWS, limits.memoryRows()));
  }

  /// Starts a chain.
  ///
  /// @param threadName name of the root, UTF-8
  /// @param rootHash hash of the root's call site
  /// @param begin nanoseconds at which the chain begins
  /// @param end nanoseconds at which it is expected to end; later events are left out
  /// @param notBefore smallest begin that rows may have, since earlier chains reach up to it
  void start(byte[] threadName, int newRootHash, long begin, long end, long notBefore) {
    rows.clear();
    unmatched.clear();
    open.clear();
    rootSite.clear();
    int empty = rootSite.text(new byte[0], 0, 0);
    rootSite.add(newRootHash, 0, rootSite.text(threadName, 0, threadName.length), empty, empty);
    rootHash = newRootHash;
    hasRoot = false;
    rangeBegin = begin;
    rangeEnd = end;
    lastBegin = Math.max(begin, notBefore);
    firstBegin = lastBegin;
    lastTime = begin;
    tooDeep = 0;
    cutShort = false;
    crossingEnds = 0;
    cutSpans = 0;
    strayEnds = 0;
    movedBegins = 0;
    leftOut = 0;
  }

  /// Reads the events of the next block. Hot code.
  ///
  /// @param firstId id of the block's first object
  void add(SpanEvents events, long firstId) {
    sites = events.sites();
    rows.source(sites);
    unmatched.source(sites);
    for (int i = 0; i < events.size(); i++) {
      if (!events.isSpan(i)) {
        continue;
      }
      long time = events.nanos(i);
      if (time < rangeBegin) {
        continue;
      }
      if (time > rangeEnd) {
        cutShort = true;
        return;
      }
      lastTime = Math.max(lastTime, time);
      int site = events.site(i);
      if (events.isEnd(i)) {
        end(firstId + i, site, sites.hash(site), time);
      } else {
        begin(firstId + i, site, sites.hash(site), time);
      }
    }
  }

  private void begin(long id, int site, int hash, long time) {
    if (tooDeep > 0 || open.size() == limits.maxOpenSpans()) {
      tooDeep++;
      leftOut++;
      return;
    }
    long begin = time;
    if (time < lastBegin) {
      // Rows are in the order of their begins, and the clock of a thread does not run backwards.
      begin = lastBegin;
      movedBegins++;
    }
    lastBegin = begin;
    open.push(rows.append(id, open.size(), site, begin, begin), hash, begin);
  }

  private void end(long id, int site, int hash, long time) {
    if (tooDeep > 0) {
      tooDeep--;
    } else if (open.size() == 0) {
      unmatched(id, site, hash, time);
    } else if (open.topHash() == hash) {
      close(time);
    } else if (open.topHash() == rootHash) {
      // Looks like the root to the reference, which makes it the span that ends here.
      rows.replace(open.topRow(), id, site, endOf(time));
      pop();
    } else {
      crossing(hash, time);
    }
  }

  /// The span began before the chain did.
  private void unmatched(long id, int site, int hash, long time) {
    if (hasRoot && hash == rootHash) {
      // Looks like the end of the root to the reference, which puts the root below a new one.
      unmatched.source(rootSite);
      unmatched.append(NO_ID, 0, 0, rows.size(), time);
      unmatched.source(sites);
    } else {
      unmatched.append(id, 0, site, rows.size(), time);
    }
    hasRoot = true;
  }

  /// The end of a span while spans inside it are open, or of none that is open. The reference
  /// fails; we end the inner spans as well, or ignore the end.
  private void crossing(int hash, long time) {
    if (!open.isOpen(hash)) {
      strayEnds++;
      return;
    }
    crossingEnds++;
    while (open.topHash() != hash) {
      cutSpans++;
      close(time);
    }
    close(time);
  }

  private void close(long time) {
    rows.setEnd(open.topRow(), endOf(time));
    pop();
  }

  private void pop() {
    open.pop();
    if (open.size() == 0) {
      hasRoot = true;
    }
  }

  /// An end before its begin stays what it is, unless it was us who moved the begin.
  private long endOf(long time) {
    return movedBegins > 0 ? Math.max(time, open.topBegin()) : time;
  }

  /// Ends the chain; its rows are now complete.
  ///
  /// @param end nanoseconds at which the last block that was read ends
  void finish(long end) {
    rangeEnd = end;
    while (open.size() > 0) {
      rows.setEnd(open.topRow(), endOf(end));
      open.pop();
    }
  }

  /// Says how long a chain that has not ended is by now: until there, events of further blocks
  /// count, and spans that are open last.
  void extend(long end) {
    rangeEnd = end;
    for (int i = 0; i < open.size(); i++) {
      rows.setEnd(open.row(i), movedBegins > 0 ? Math.max(end, open.begin(i)) : end);
    }
  }

  /// Whether events were left out that would count if the chain went on.
  boolean isCutShort() {
    return cutShort;
  }

  /// Number of open spans.
  int openSpans() {
    return open.size();
  }

  /// Row of an open span, outermost first; ascending.
  long openRow(int index) {
    return open.row(index);
  }

  SpanStore rows() {
    return rows;
  }

  SpanStore unmatched() {
    return unmatched;
  }

  /// One site: the root's.
  CallSiteTable rootSite() {
    return rootSite;
  }

  boolean hasRoot() {
    return hasRoot;
  }

  /// Begin of the root and of the spans of unmatched ends.
  long firstBegin() {
    return firstBegin;
  }

  /// The largest begin of all rows.
  long lastBegin() {
    return lastBegin;
  }

  /// The latest event.
  long lastTime() {
    return lastTime;
  }

  /// End of the root and of spans that never ended.
  long rangeEnd() {
    return rangeEnd;
  }

  ChainRepairs repairs() {
    return new ChainRepairs(crossingEnds, cutSpans, strayEnds, movedBegins, leftOut);
  }

  @Override
  public void close() {
    rows.close();
    unmatched.close();
  }
}
