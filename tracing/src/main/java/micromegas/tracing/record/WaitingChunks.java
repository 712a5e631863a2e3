package micromegas.tracing.record;

import org.jspecify.annotations.Nullable;

/// The chunks in which one recorder keeps the spans of a unit of work until its verdict, outside of
/// the chain that is read. Dropping them, which is what mostly happens, touches nothing that is
/// shared: the first chunk is used again. Used by the owner, under the lock of its stream.
final class WaitingChunks {
  private @Nullable Chunk first;
  private @Nullable Chunk last;
  private @Nullable Chunk main;
  private @Nullable Chunk spare;
  private int mainPosition;
  private int bytes;

  boolean isOpen() {
    return first != null;
  }

  /// A chunk for the events of a new unit of work; null when there is no memory.
  @Nullable Chunk begin(ChunkPool pool, int needed) {
    Chunk chunk = spare;
    if (chunk == null || chunk.capacity() < needed) {
      giveSpare(pool);
      chunk = pool.take(needed, ChunkPool.SMALL, ChunkPool.Claim.SPANS);
    }
    spare = null;
    first = chunk;
    last = chunk;
    bytes = chunk == null ? 0 : chunk.capacity();
    return chunk;
  }

  /// Remembers where to go on after the work.
  void leave(Chunk mainChunk, int position) {
    main = mainChunk;
    mainPosition = position;
  }

  /// A chunk was linked behind the last one.
  void addLast(Chunk chunk) {
    if (first != null) {
      last = chunk;
      bytes += chunk.capacity();
    }
  }

  /// Memory of the chunks that wait; 0 when none do.
  int bytes() {
    return first == null ? 0 : bytes;
  }

  Chunk main() {
    return required(main);
  }

  int mainPosition() {
    return mainPosition;
  }

  /// Verdict: keep. Copies what waits behind what is in the main chunk, if it fits there and leaves
  /// `reserve` bytes.
  boolean copyToMain(int position, int reserve) {
    Chunk from = required(first);
    Chunk to = required(main);
    if (from != last || mainPosition + position + reserve > to.capacity()) {
      return false;
    }
    System.arraycopy(from.bytes, 0, to.bytes, mainPosition, position);
    for (Reference reference : from.references()) {
      if (reference != null) {
        to.refer(reference);
      }
    }
    mainPosition += position;
    to.publish(mainPosition);
    from.reset();
    spare = from;
    first = null;
    return true;
  }

  /// Verdict: keep. Hangs the waiting chunks behind the main one.
  void linkKept() {
    required(main).link(required(first));
    forget();
  }

  /// Verdict: drop.
  void drop(ChunkPool pool) {
    Chunk kept = required(first);
    Chunk more = kept.next();
    if (more != null) {
      pool.giveChain(more);
    }
    kept.reset();
    spare = kept;
    first = null;
  }

  /// No verdict yet: hangs the waiting chunks behind the main one, where the reader waits for it.
  ///
  /// @param reserve bytes that must be free in the next chunk
  /// @return the chunk to go on with
  Chunk linkPending(ChunkPool pool, Work work, int reserve) {
    Chunk begin = required(first);
    Chunk end = begin;
    for (Chunk chunk = begin; chunk != null; chunk = chunk.next()) {
      chunk.dependOn(work);
      end = chunk;
    }
    Chunk fresh = reserve == 0 ? null : pool.take(reserve, ChunkPool.SMALL, ChunkPool.Claim.ENDS);
    if (fresh == null) {
      fresh = new Chunk(0);
    }
    end.link(fresh);
    required(main).link(begin);
    forget();
    return fresh;
  }

  /// Leaves the chunks to others.
  void forget() {
    first = null;
    last = null;
    main = null;
  }

  /// Leaves everything to an engine that has ended; its memory must not get into another pool.
  void forgetAll() {
    forget();
    spare = null;
  }

  /// Gives back what is kept for the next work.
  void giveSpare(ChunkPool pool) {
    if (spare != null) {
      pool.give(spare);
      spare = null;
    }
  }

  private static Chunk required(@Nullable Chunk chunk) {
    if (chunk == null) {
      throw new IllegalStateException("no work is open");
    }
    return chunk;
  }
}
