package micromegas.tracing.record;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// All memory that events wait in. Chunks have one of three sizes, or the size of one large event;
/// those of the three sizes are used again. Thread-safe without locks; a call allocates at most one
/// chunk.
///
/// When memory runs out, kinds of events give way in this order: spans, then everything else, then
/// errors, then reports of losses. What has to close spans that were recorded may exceed the limit,
/// by one small chunk per recorder.
public final class ChunkPool {
  static final int SMALL = 4 * 1024;
  static final int MEDIUM = 16 * 1024;

  /// Stays below the humongous threshold of every G1 region size, and fits the L2 cache.
  static final int LARGE = 64 * 1024;

  /// Kept back for logs of errors.
  public static final int SEVERE_RESERVE = 256 * 1024;

  /// Kept back for what the library says about its losses: a small chunk for each kind.
  static final int REPORT_RESERVE = 64 * 1024;

  private static final int FREE_SLOTS = 512;

  /// Who asks for memory.
  public enum Claim {
    /// Begins of spans, images, what waits for a verdict: up to three quarters of the limit.
    SPANS,
    /// Metrics and logs.
    EVENTS,
    /// Logs of errors.
    SEVERE,
    /// What the library says about its losses.
    REPORTS,
    /// Ends of spans whose begins were recorded: always.
    ENDS
  }

  private final long limit;
  private final AtomicLong inUse = new AtomicLong();
  private final FreeList small = new FreeList(SMALL);
  private final FreeList medium = new FreeList(MEDIUM);
  private final FreeList large = new FreeList(LARGE);

  /// @param limit bytes in use at the same time, of all kinds of events
  public ChunkPool(long limit) {
    this.limit = limit;
  }

  public long limit() {
    return limit;
  }

  /// Bytes of the chunks that were taken and not given back.
  public long inUse() {
    return inUse.get();
  }

  /// Whether the uplink should look for chunks to give back.
  boolean isLow() {
    return inUse.get() > limit / 2;
  }

  /// An empty chunk with room for `needed` bytes, of about `wanted` bytes; null when the claim is
  /// not satisfied.
  @Nullable Chunk take(int needed, int wanted, Claim claim) {
    int size = Math.max(needed, wanted);
    FreeList list = size <= SMALL ? small : size <= MEDIUM ? medium : size <= LARGE ? large : null;
    if (list != null) {
      size = list.size;
    }
    long allowed =
        switch (claim) {
          case SPANS -> limit - limit / 4;
          case EVENTS -> limit;
          case SEVERE -> limit + SEVERE_RESERVE;
          case REPORTS -> limit + SEVERE_RESERVE + REPORT_RESERVE;
          case ENDS -> Long.MAX_VALUE;
        };
    if (!reserve(size, allowed)) {
      return null;
    }
    Chunk free = list == null ? null : list.poll();
    if (free != null) {
      return free;
    }
    makeRoom();
    return new Chunk(size);
  }

  /// Never exceeds `allowed`, not even for a moment: a claim that is refused must not make another
  /// one fail that has room.
  private boolean reserve(int size, long allowed) {
    long before = inUse.get();
    while (before <= allowed - size) {
      long seen = inUse.compareAndExchange(before, before + size);
      if (seen == before) {
        return true;
      }
      before = seen;
    }
    return false;
  }

  /// Gives back a chunk that nobody reads or writes any more.
  public void give(Chunk chunk) {
    int size = chunk.capacity();
    inUse.addAndGet(-size);
    FreeList list = size == SMALL ? small : size == MEDIUM ? medium : size == LARGE ? large : null;
    if (list != null && inUse.get() + freeBytes() + size <= limit) {
      chunk.reset();
      list.offer(chunk);
    }
  }

  /// Gives back a chunk and those behind it.
  void giveChain(Chunk chain) {
    Chunk chunk = chain;
    while (chunk != null) {
      Chunk next = chunk.next();
      give(chunk);
      chunk = next;
    }
  }

  /// A chunk with what `original` has published.
  Chunk copyOf(Chunk original) {
    int length = original.published();
    inUse.addAndGet(length);
    Chunk copy = new Chunk(length);
    System.arraycopy(original.bytes, 0, copy.bytes, 0, length);
    for (Reference reference : original.references()) {
      if (reference != null) {
        copy.refer(reference);
      }
    }
    copy.publish(length);
    return copy;
  }

  /// Counts a chunk as given back that may not be used again.
  void forget(Chunk chunk) {
    inUse.addAndGet(-chunk.capacity());
  }

  /// Lets go half of the memory that is not in use.
  public void trim() {
    small.trim();
    medium.trim();
    large.trim();
  }

  /// Free chunks of other sizes must not add up with those in use to more than the limit.
  private void makeRoom() {
    while (inUse.get() + freeBytes() > limit
        && (large.poll() != null || medium.poll() != null || small.poll() != null)) {
      // One at a time.
    }
  }

  private long freeBytes() {
    return small.bytes() + medium.bytes() + large.bytes();
  }

  /// Chunks of one size. A slot is taken and filled by one exchange, so nothing is allocated.
  private static final class FreeList {
    private final int size;
    private final AtomicReferenceArray<@Nullable Chunk> slots =
        new AtomicReferenceArray<>(FREE_SLOTS);
    private final AtomicInteger count = new AtomicInteger();

    FreeList(int size) {
      this.size = size;
    }

    long bytes() {
      return (long) count.get() * size;
    }

    @Nullable Chunk poll() {
      int wanted = count.get();
      if (wanted <= 0) {
        return null;
      }
      // Mostly the last one; there may be holes, so all slots are tried in the end.
      int start = Math.min(wanted, FREE_SLOTS) - 1;
      for (int i = 0; i < FREE_SLOTS; i++) {
        int slot = (start - i + FREE_SLOTS) % FREE_SLOTS;
        Chunk chunk = slots.getPlain(slot) == null ? null : slots.getAndSet(slot, null);
        if (chunk != null) {
          count.decrementAndGet();
          return chunk;
        }
      }
      return null;
    }

    void offer(Chunk chunk) {
      for (int i = Math.max(count.get(), 0); i < FREE_SLOTS; i++) {
        if (slots.getPlain(i) == null && slots.compareAndSet(i, null, chunk)) {
          count.incrementAndGet();
          return;
        }
      }
    }

    void trim() {
      for (int left = count.get() / 2; left > 0 && poll() != null; left--) {
        // One at a time.
      }
    }
  }
}
