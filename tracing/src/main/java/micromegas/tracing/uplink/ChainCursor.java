package micromegas.tracing.uplink;

import micromegas.tracing.record.Chunk;
import micromegas.tracing.record.ChunkPool;
import micromegas.transit.LittleEndian;
import micromegas.transit.ObjectCursor;
import org.jspecify.annotations.Nullable;

/// Walks the events of one detached chain of chunks, in the order of their ticks, and gives the
/// chunks back.
final class ChainCursor implements Comparable<ChainCursor> {
  private final EventLayout layout;
  private final ChunkPool pool;
  private final ObjectCursor cursor = new ObjectCursor();
  private @Nullable Chunk chunk;
  private int begin;
  private long ticks;
  private boolean referencesAdded;

  ChainCursor(EventLayout layout, ChunkPool pool, Chunk first) {
    this.layout = layout;
    this.pool = pool;
    open(first);
  }

  /// Whether there is an event at the cursor.
  boolean hasEvent() {
    return chunk != null;
  }

  long ticks() {
    return ticks;
  }

  /// Adds the event to a block and moves on.
  void moveTo(BlockAssembler assembler) {
    Chunk from = chunk;
    if (from == null) {
      throw new IllegalStateException("no event");
    }
    if (!referencesAdded) {
      assembler.addReferences(from);
      referencesAdded = true;
    }
    assembler.add(from.bytes(), begin, cursor.end());
    next(from);
  }

  /// A new block begins, which must know the references again.
  void startBlock() {
    referencesAdded = false;
  }

  private void open(@Nullable Chunk from) {
    chunk = from;
    referencesAdded = false;
    if (from != null) {
      cursor.reset(layout.types(), from.bytes(), 0, from.published());
      next(from);
    }
  }

  private void next(Chunk from) {
    begin = cursor.end();
    if (cursor.next()) {
      ticks = LittleEndian.getLong(from.bytes(), cursor.begin() + layout.ticksAt(cursor.type()));
      return;
    }
    Chunk successor = from.next();
    pool.give(from);
    open(successor);
  }

  @Override
  public int compareTo(ChainCursor other) {
    return Long.signum(ticks - other.ticks);
  }
}
