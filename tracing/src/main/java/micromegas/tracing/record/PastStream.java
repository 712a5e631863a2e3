package micromegas.tracing.record;

import java.util.Arrays;
import java.util.Map;
import micromegas.transit.EventRecords;
import org.jspecify.annotations.Nullable;

/// A stream of spans that happened before they are recorded, so that whoever records them tells
/// their ticks. Ticks never go back: an event that is told too late gets those of the one before.
/// Begins and ends always match. Thread-safe; not for hot paths: each event takes a lock.
public final class PastStream {
  private static final int FIRST_DEPTH = 16;

  /// Set in the id of a location: the open span has a name of its own.
  private static final long NAMED = Long.MIN_VALUE;

  private final Engine engine;
  private final Map<String, String> properties;
  private @Nullable Chunk head;
  private @Nullable Chunk tail;
  private int position;
  private long[] open = new long[FIRST_DEPTH];
  private @Nullable Reference[] names = new Reference[FIRST_DEPTH];
  private int depth;
  private long lastTicks = Long.MIN_VALUE;
  private boolean closed;

  PastStream(Engine engine, Map<String, String> properties) {
    this.engine = engine;
    this.properties = properties;
  }

  /// Properties of the stream.
  public Map<String, String> properties() {
    return properties;
  }

  // ---- recording

  /// Begins a span inside those that are open.
  ///
  /// @param name null when the site has one
  /// @return whether it is recorded; only then it must be ended
  public synchronized boolean begin(long site, @Nullable Reference name, long ticks) {
    if (!refused() && depth >= engine.limits().maxDepth()) {
      engine.losses().add(Loss.DEEP_SPANS);
      return false;
    }
    if (!writeSpan(true, site, name, ticks, ChunkPool.Claim.SPANS)) {
      return false;
    }
    if (depth == open.length) {
      open = Arrays.copyOf(open, 2 * depth);
      names = Arrays.copyOf(names, 2 * depth);
    }
    open[depth] = name == null ? site : site | NAMED;
    names[depth++] = name;
    return true;
  }

  /// Ends the innermost open span, if there is one.
  public synchronized void end(long ticks) {
    if (depth > 0) {
      Reference name = names[--depth];
      names[depth] = null;
      writeSpan(false, open[depth] & ~NAMED, name, ticks, ChunkPool.Claim.ENDS);
    }
  }

  /// Number of open spans.
  public synchronized int depth() {
    return depth;
  }

  /// Ticks of the last event; the smallest long when there was none.
  public synchronized long lastTicks() {
    return lastTicks;
  }

  /// Ends all open spans where the last event was; nothing can be recorded any more.
  public synchronized void close() {
    while (depth > 0) {
      end(lastTicks);
    }
    closed = true;
  }

  private boolean writeSpan(
      boolean begin, long site, @Nullable Reference name, long ticks, ChunkPool.Claim claim) {
    int size = name == null ? EventRecords.SPAN_BYTES : EventRecords.NAMED_SPAN_BYTES;
    Chunk chunk = room(size, claim);
    if (chunk == null) {
      return false;
    }
    if (name == null) {
      byte type = begin ? EventRecords.BEGIN_SPAN : EventRecords.END_SPAN;
      publish(chunk, Records.span(chunk.bytes, position, type, site, next(ticks)));
    } else {
      byte type = begin ? EventRecords.BEGIN_NAMED_SPAN : EventRecords.END_NAMED_SPAN;
      chunk.refer(name);
      publish(chunk, Records.namedSpan(chunk.bytes, position, type, site, name.id(), next(ticks)));
    }
    return true;
  }

  private long next(long ticks) {
    lastTicks = lastTicks == Long.MIN_VALUE || ticks - lastTicks > 0 ? ticks : lastTicks;
    return lastTicks;
  }

  private void publish(Chunk chunk, int end) {
    position = end;
    chunk.publish(end);
  }

  private boolean refused() {
    return closed || Recording.engine() != engine;
  }

  /// The chunk in which an event of that size fits at [#position]; null when it is lost.
  private @Nullable Chunk room(int size, ChunkPool.Claim claim) {
    if (refused()) {
      return null;
    }
    Chunk chunk = tail;
    if (chunk != null && position + size <= chunk.capacity()) {
      return chunk;
    }
    int wanted = chunk == null ? ChunkPool.SMALL : Math.min(4 * chunk.capacity(), ChunkPool.LARGE);
    Chunk taken = engine.pool().take(size, wanted, claim);
    if (taken == null) {
      engine.losses().add(Loss.SPANS);
      engine.signals().chunkFull();
      return null;
    }
    if (chunk == null) {
      head = taken;
    } else {
      chunk.link(taken);
      engine.signals().chunkFull();
    }
    tail = taken;
    position = 0;
    return taken;
  }

  // ---- reading, by one thread

  /// Takes all events away.
  ///
  /// @return the first of a chain of chunks, or null
  public synchronized @Nullable Chunk detach() {
    Chunk detached = head;
    head = null;
    tail = null;
    position = 0;
    return detached;
  }

  /// Whether nothing more will come.
  public synchronized boolean isFinished() {
    return closed && head == null;
  }
}
