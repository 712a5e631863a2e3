package micromegas.tracing.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import micromegas.tracing.clock.TickClock;
import micromegas.transit.EventRecords;
import micromegas.transit.LittleEndian;
import org.jspecify.annotations.Nullable;

/// One of the buffers that many threads share. Who has taken it ([#tryTake]) may write and must
/// give it back ([#release]); nobody waits for it. Ticks are read while it is taken, so its events
/// are in the order of their ticks, except those that come with ticks of their own.
///
/// The put methods return false when there is no memory for the event, or the stripe is closed.
final class Stripe extends StripePadding {
  private static final VarHandle TAKEN;

  static {
    try {
      TAKEN = MethodHandles.lookup().findVarHandle(Stripe.class, "taken", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final Chunk NONE = new Chunk(0);

  /// Results of [#asyncSpan].
  static final long LOST = 0;

  static final long CLOSED = -1;

  private final ChunkPool pool;
  private final Signals signals;
  private final SpanIds spanIds;
  private int bytesLeft;
  private int taken;
  private boolean closed;

  /// Left to its taker for good; whoever takes it later finds this.
  private volatile boolean abandoned;

  private Chunk first = NONE;
  private Chunk chunk = NONE;
  private byte[] bytes = NONE.bytes;
  private int position;
  private int wanted = ChunkPool.SMALL;
  private long lastTicks = Long.MIN_VALUE;

  /// @param maxBytes chunks to take between two calls of [#detach]
  Stripe(ChunkPool pool, Signals signals, SpanIds spanIds, int maxBytes) {
    this.pool = pool;
    this.signals = signals;
    this.spanIds = spanIds;
    this.bytesLeft = maxBytes;
  }

  /// False when it is taken; it stays taken once it has been abandoned.
  boolean tryTake() {
    return (int) TAKEN.getOpaque(this) == 0 && TAKEN.compareAndSet(this, 0, 1) && !abandoned;
  }

  void release() {
    TAKEN.setRelease(this, 0);
  }

  /// Takes away all events; the stripe must be taken. Null when there are none.
  @Nullable Chunk detach() {
    if (first == NONE) {
      return null;
    }
    Chunk detached = first;
    first = NONE;
    chunk = NONE;
    bytes = NONE.bytes;
    position = 0;
    wanted = ChunkPool.SMALL;
    for (Chunk gone = detached; gone != null; gone = gone.next()) {
      bytesLeft += gone.capacity();
    }
    return detached;
  }

  /// Refuses everything from now on; the stripe must be taken.
  void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }

  /// Lets nobody else take it. The flag is set before the last try: a taker that this try does not
  /// see comes after it, and sees the flag.
  ///
  /// @return false when its taker has come back meanwhile; then the caller has taken it
  boolean tryAbandon() {
    abandoned = true;
    if (!TAKEN.compareAndSet(this, 0, 1)) {
      return true;
    }
    abandoned = false;
    return false;
  }

  /// Copies what was published while the taker does not come back; it may still write one event
  /// when it does, so its chunks are left to it.
  @Nullable Chunk copyAbandoned() {
    Chunk head = null;
    Chunk tail = null;
    for (Chunk from = first; from != null && from != NONE; from = from.next()) {
      Chunk copy = pool.copyOf(from);
      pool.forget(from);
      if (tail == null) {
        head = copy;
      } else {
        tail.link(copy);
      }
      tail = copy;
    }
    return head;
  }

  boolean metric(byte type, long descriptor, long bits, ChunkPool.Claim claim) {
    int at = room(EventRecords.METRIC_BYTES, claim);
    if (at < 0) {
      return false;
    }
    return publish(Records.metric(bytes, at, type, descriptor, bits, ticks()));
  }

  boolean taggedMetric(
      byte type, long descriptor, Reference properties, long bits, ChunkPool.Claim claim) {
    int at = room(EventRecords.TAGGED_METRIC_BYTES, claim);
    if (at < 0) {
      return false;
    }
    chunk.refer(properties);
    return publish(
        Records.taggedMetric(bytes, at, type, descriptor, properties.id(), bits, ticks()));
  }

  boolean constantLog(long descriptor, ChunkPool.Claim claim) {
    int at = room(EventRecords.CONSTANT_LOG_BYTES, claim);
    if (at < 0) {
      return false;
    }
    return publish(Records.constantLog(bytes, at, descriptor, ticks()));
  }

  /// @param textBytes of the text in UTF-8
  boolean log(
      long descriptor,
      @Nullable Reference properties,
      String text,
      int textBytes,
      ChunkPool.Claim claim) {
    int head = properties == null ? EventRecords.LOG_BYTES : EventRecords.TAGGED_LOG_BYTES;
    int at = room(head + textBytes, claim);
    if (at < 0) {
      return false;
    }
    if (properties == null) {
      at = Records.logHead(bytes, at, descriptor, ticks(), textBytes);
    } else {
      chunk.refer(properties);
      at = Records.taggedLogHead(bytes, at, descriptor, properties.id(), ticks(), textBytes);
    }
    return publish(TextEncoder.encode(text, textBytes, bytes, at));
  }

  /// @param id of the span, or 0 for a new one
  /// @return the id, [#LOST] or [#CLOSED]
  long asyncSpan(byte type, long site, @Nullable Reference name, long id, long parent, int depth) {
    int size = name == null ? EventRecords.ASYNC_SPAN_BYTES : EventRecords.NAMED_ASYNC_SPAN_BYTES;
    int at = room(size, ChunkPool.Claim.SPANS);
    if (at < 0) {
      return closed ? CLOSED : LOST;
    }
    long span = id != 0 ? id : spanIds.next();
    if (name == null) {
      publish(Records.asyncSpan(bytes, at, type, site, span, parent, depth, ticks()));
    } else {
      chunk.refer(name);
      publish(
          Records.namedAsyncSpan(bytes, at, type, site, name.id(), span, parent, depth, ticks()));
    }
    return span;
  }

  /// The begin of an async span with a name, at ticks that have passed.
  boolean earlierAsyncSpan(long site, Reference name, long id, long parent, int depth, long ticks) {
    int at = room(EventRecords.NAMED_ASYNC_SPAN_BYTES, ChunkPool.Claim.SPANS);
    if (at < 0) {
      return false;
    }
    chunk.refer(name);
    byte type = EventRecords.BEGIN_NAMED_ASYNC_SPAN;
    return publish(
        Records.namedAsyncSpan(bytes, at, type, site, name.id(), id, parent, depth, ticks));
  }

  /// @param content all of it
  boolean image(byte[] name, byte[] format, ByteBuffer content) {
    int length = content.remaining();
    int size = EventRecords.IMAGE_BYTES + name.length + format.length + length;
    int at = room(size, ChunkPool.Claim.SPANS);
    if (at < 0) {
      return false;
    }
    bytes[at] = EventRecords.IMAGE;
    LittleEndian.putInt(bytes, at + 1, size - 5);
    LittleEndian.putLong(bytes, at + 5, ticks());
    at = text(name, at + 13);
    at = text(format, at);
    LittleEndian.putInt(bytes, at, length);
    content.get(content.position(), bytes, at + 4, length);
    return publish(at + 4 + length);
  }

  private int text(byte[] utf8, int at) {
    int begin = Records.textHead(bytes, at, utf8.length);
    System.arraycopy(utf8, 0, bytes, begin, utf8.length);
    return begin + utf8.length;
  }

  private long ticks() {
    long ticks = Math.max(TickClock.now(), lastTicks);
    lastTicks = ticks;
    return ticks;
  }

  private boolean publish(int end) {
    position = end;
    chunk.publish(end);
    return true;
  }

  /// Where an event of that size may be put, or -1.
  private int room(int size, ChunkPool.Claim claim) {
    int at = position;
    return size <= bytes.length - at ? at : roll(size, claim);
  }

  private int roll(int size, ChunkPool.Claim claim) {
    int most = claim == ChunkPool.Claim.REPORTS ? ChunkPool.SMALL : wanted;
    Chunk taking = closed || size > bytesLeft ? null : pool.take(size, most, claim);
    if (taking == null) {
      signals.chunkFull();
      return -1;
    }
    bytesLeft -= taking.capacity();
    if (first == NONE) {
      first = taking;
    } else {
      chunk.link(taking);
    }
    chunk = taking;
    bytes = taking.bytes;
    position = 0;
    if (wanted > ChunkPool.SMALL || pool.isLow()) {
      signals.chunkFull();
    }
    wanted = Math.min(4 * wanted, ChunkPool.LARGE);
    return 0;
  }
}
