package micromegas.tracing.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import micromegas.tracing.SpanScope;
import micromegas.tracing.clock.TickClock;
import micromegas.transit.EventRecords;
import org.jspecify.annotations.Nullable;

/// Records the spans of one platform thread, and is the scope of all of them: ends are written for
/// what the stack of open spans holds, so begins and ends always match.
///
/// Hot code: `begin` and `close` cost about 8 ns beside the clock (`bench instrumentation`) and
/// allocate nothing. A begin is recorded only when the chunk has room for it and for the ends of
/// all open spans, so an end never needs memory.
final class ThreadRecorder extends ThreadScope {
  /// The sign bit of an entry of the stack: the span has a name of its own.
  private static final long NAMED = Long.MIN_VALUE;

  /// Room that each open span has reserved for its end, as a shift; at least a named end.
  private static final int RESERVE_SHIFT = 5;

  /// A limit that no event passes.
  private static final int NO_ROOM = Integer.MIN_VALUE;

  private static final int FIRST_DEPTH = 32;
  private static final Reference[] NO_NAMES = {};
  private static final VarHandle LIMIT;

  static {
    try {
      LIMIT = MethodHandles.lookup().findVarHandle(ThreadRecorder.class, "limit", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private byte[] bytes = {};
  private int position;

  /// The last position at which an event fits when nothing is open. The reader may set it to
  /// [#NO_ROOM] at any time.
  private int limit = NO_ROOM;

  private Chunk chunk = new Chunk(0);
  private long[] open = new long[FIRST_DEPTH]; // entry d is the span at depth d; 0 is not used
  private @Nullable Reference[] names = NO_NAMES;
  private int depth;

  /// Scopes of engines that have ended which were not closed yet; their ends are not written.
  private int stale;

  private long lastTicks = Long.MIN_VALUE;
  private @Nullable Engine engine;
  private @Nullable ThreadStream stream;
  private @Nullable SpanIds spanIds;
  private final WaitingChunks waiting = new WaitingChunks();

  ThreadRecorder(Thread owner) {
    super(owner);
  }

  @Override
  SpanScope begin(long site) {
    int at = position;
    int d = depth + 1;
    if (at + (d << RESERVE_SHIFT) > limit || d >= open.length) {
      return beginSlowly(site, null);
    }
    int end = Records.span(bytes, at, EventRecords.BEGIN_SPAN, site, ticks());
    open[d] = site;
    depth = d;
    position = end;
    chunk.publish(end);
    return this;
  }

  @Override
  SpanScope begin(long location, Reference name) {
    int at = position;
    int d = depth + 1;
    if (at + (d << RESERVE_SHIFT) > limit || d >= open.length) {
      return beginSlowly(location, name);
    }
    if (names.length != open.length) {
      names = Arrays.copyOf(names, open.length);
    }
    chunk.refer(name);
    int end =
        Records.namedSpan(bytes, at, EventRecords.BEGIN_NAMED_SPAN, location, name.id(), ticks());
    names[d] = name;
    open[d] = location | NAMED;
    depth = d;
    position = end;
    chunk.publish(end);
    return this;
  }

  @Override
  public void close() {
    int d = depth;
    if (d == 0 || Thread.currentThread() != owner) {
      closeSlowly();
      return;
    }
    long site = open[d];
    if (site < 0) {
      closeNamed(d, site & ~NAMED);
      return;
    }
    int end = Records.span(bytes, position, EventRecords.END_SPAN, site, ticks());
    depth = d - 1;
    position = end;
    chunk.publish(end);
  }

  private void closeNamed(int d, long location) {
    Reference name = names[d];
    if (name == null) {
      throw new AssertionError("a named span without a name");
    }
    chunk.refer(name);
    int end =
        Records.namedSpan(
            bytes, position, EventRecords.END_NAMED_SPAN, location, name.id(), ticks());
    names[d] = null;
    depth = d - 1;
    position = end;
    chunk.publish(end);
  }

  private long ticks() {
    long ticks = Math.max(TickClock.now(), lastTicks); // counters of processors may differ a little
    lastTicks = ticks;
    return ticks;
  }

  @Override
  int depth() {
    return depth;
  }

  @Override
  void closeTo(int target) {
    while (depth > target) {
      close();
    }
  }

  /// Full, too deep, told to give up its memory, or not attached to the engine of now.
  private SpanScope beginSlowly(long site, @Nullable Reference name) {
    Engine current = Recording.engine();
    if (current == null) {
      return NoScope.INSTANCE;
    }
    if (engine != current) {
      attach(current);
    }
    int d = depth + 1;
    if (d >= open.length && !growStack(current, d)) {
      return NoScope.INSTANCE;
    }
    if (!makeRoom(current, (d << RESERVE_SHIFT) + (1 << RESERVE_SHIFT), Loss.SPANS)) {
      return NoScope.INSTANCE;
    }
    return name == null ? begin(site) : begin(site, name);
  }

  private boolean growStack(Engine current, int d) {
    int allowed = current.limits().maxDepth() + 1;
    if (d >= allowed) {
      current.losses().add(Loss.DEEP_SPANS);
      return false;
    }
    open = Arrays.copyOf(open, Math.min(2 * open.length, allowed));
    if (names.length > 0) {
      names = Arrays.copyOf(names, open.length);
    }
    return true;
  }

  /// Attaches this recorder to the engine, and makes the current chunk have room for `needed` more
  /// bytes.
  private boolean makeRoom(Engine current, int needed, Loss loss) {
    ThreadStream attached = stream;
    if (attached == null || engine != current) {
      attached = attach(current);
    }
    boolean isFirst;
    synchronized (attached) {
      if (attached.isClosed()) {
        return false; // the engine is about to end
      }
      if (position + needed <= chunk.capacity()) {
        limit =
            chunk.capacity() - (1 << RESERVE_SHIFT); // was told to give up its memory, and won't
        return true;
      }
      if (waiting.bytes() > current.limits().workBytes()) {
        current.losses().add(Loss.DETAILS);
        return false;
      }
      Chunk taken =
          current.pool().take(needed, wantedBytes(current, needed), ChunkPool.Claim.SPANS);
      if (taken == null) {
        current.losses().add(loss);
        current.signals().chunkFull();
        return false;
      }
      isFirst = chunk.capacity() == 0;
      chunk.link(taken);
      waiting.addLast(taken);
      switchTo(taken, 0);
    }
    if (!isFirst || current.pool().isLow()) { // many short threads make no hurry
      current.signals().chunkFull();
    }
    return true;
  }

  private int wantedBytes(Engine current, int needed) {
    int previous = chunk.capacity();
    int grown = previous == 0 ? ChunkPool.SMALL : Math.min(4 * previous, ChunkPool.LARGE);
    return Math.max(2 * needed, Math.min(grown, current.threadChunkBytes()));
  }

  private ThreadStream attach(Engine current) {
    Chunk none = new Chunk(0);
    switchTo(none, 0);
    stale += depth;
    depth = 0;
    Arrays.fill(names, null);
    engine = current;
    ThreadStream attached = new ThreadStream(owner, ticks(), this, none);
    stream = attached;
    waiting.forgetAll();
    spanIds = null;
    current.register(attached);
    return attached;
  }

  private void switchTo(Chunk to, int at) {
    chunk = to;
    bytes = to.bytes;
    position = at;
    limit = to.capacity() == 0 ? NO_ROOM : to.capacity() - (1 << RESERVE_SHIFT);
  }

  private void closeSlowly() {
    if (Thread.currentThread() != owner || stale == 0) {
      Recording.countMisuse();
      return;
    }
    stale--;
  }

  @Override
  long beginAsync(
      Engine current,
      long site,
      @Nullable Reference name,
      long parent,
      int asyncDepth,
      @Nullable Work work) {
    if (engine != current) {
      attach(current);
    }
    SpanIds ids = spanIds;
    if (ids == null) {
      ids = current.newSpanIds();
      spanIds = ids;
    }
    long id = ids.next();
    byte type = name == null ? EventRecords.BEGIN_ASYNC_SPAN : EventRecords.BEGIN_NAMED_ASYNC_SPAN;
    return writeAsync(current, type, site, name, id, parent, asyncDepth, work) ? id : 0;
  }

  @Override
  void endAsync(
      Engine current,
      long site,
      @Nullable Reference name,
      long id,
      long parent,
      int asyncDepth,
      @Nullable Work work) {
    byte type = name == null ? EventRecords.END_ASYNC_SPAN : EventRecords.END_NAMED_ASYNC_SPAN;
    writeAsync(current, type, site, name, id, parent, asyncDepth, work);
  }

  private boolean writeAsync(
      Engine current,
      byte type,
      long site,
      @Nullable Reference name,
      long id,
      long parent,
      int asyncDepth,
      @Nullable Work work) {
    if (work != null) {
      return current.asyncSpan(type, site, name, id, parent, asyncDepth, work) != 0;
    }
    int reserve = (depth + 2) << RESERVE_SHIFT;
    if ((position + reserve > limit || engine != current)
        && !makeRoom(current, reserve + (1 << RESERVE_SHIFT), Loss.ASYNC_SPANS)) {
      return false;
    }
    int end;
    if (name == null) {
      end = Records.asyncSpan(bytes, position, type, site, id, parent, asyncDepth, ticks());
    } else {
      chunk.refer(name);
      end =
          Records.namedAsyncSpan(
              bytes, position, type, site, name.id(), id, parent, asyncDepth, ticks());
    }
    position = end;
    chunk.publish(end);
    return true;
  }

  /// The spans of a unit of work go to chunks outside of the chain, until the verdict.
  @Override
  void startWaiting(Work work) {
    Engine current = work.engine();
    ThreadStream attached = stream;
    if (attached == null || engine != current) {
      attached = attach(current);
    }
    int needed = (depth + 2) << RESERVE_SHIFT;
    synchronized (attached) {
      Chunk first = attached.isClosed() ? null : waiting.begin(current.pool(), needed);
      if (first == null) {
        current.losses().add(Loss.DETAILS); // they do not wait, but are recorded
        return;
      }
      waiting.leave(chunk, position);
      switchTo(first, 0);
      attached.setWaiting(first, work);
    }
  }

  @Override
  void stopWaiting(Work work) {
    ThreadStream attached = stream;
    if (attached == null || !waiting.isOpen() || engine != work.engine()) {
      return;
    }
    synchronized (attached) {
      attached.setWaiting(null, null);
      if (attached.isClosed()) {
        limit = NO_ROOM;
        waiting.forget();
        return;
      }
      Engine current = work.engine();
      int reserve = (depth + 1) << RESERVE_SHIFT;
      if (work.isPending()) {
        Chunk fresh = waiting.linkPending(current.pool(), work, depth > 0 ? reserve : 0);
        switchTo(fresh, 0);
      } else if (work.isDropped()) {
        switchTo(waiting.main(), waiting.mainPosition());
        waiting.drop(current.pool());
      } else if (waiting.copyToMain(position, reserve)) {
        switchTo(waiting.main(), waiting.mainPosition());
      } else {
        waiting.linkKept(); // the last of them is the chunk to go on with
      }
    }
  }

  /// Reader: makes the next event go the slow way, which takes the lock of the stream.
  boolean askForMemory(ThreadStream asking) {
    if (stream != asking) {
      return false;
    }
    LIMIT.setVolatile(this, NO_ROOM);
    return true;
  }

  /// Reader, under the lock of the stream, while the owner does not run: replaces the chunk.
  boolean giveUpMemory(ThreadStream asking, Chunk none, ChunkPool pool) {
    if (stream != asking || (int) LIMIT.getVolatile(this) != NO_ROOM || depth > 0) {
      return false;
    }
    waiting.giveSpare(pool);
    chunk = none;
    bytes = none.bytes;
    position = 0;
    VarHandle.fullFence();
    return true;
  }

  /// Reader, after the thread has ended: hangs what waits behind the chain.
  void linkWaiting(ThreadStream asking, ChunkPool pool, Work work) {
    if (stream == asking && waiting.isOpen()) {
      waiting.linkPending(pool, work, 0);
    }
  }

  /// Reader, after the thread has ended.
  void release(ThreadStream asking, ChunkPool pool) {
    if (stream == asking) {
      waiting.giveSpare(pool);
    }
  }
}
