package micromegas.tracing.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A piece of a buffer: whole events, one behind the other, and what they refer to. One writer at a
/// time appends and publishes; one reader consumes what was published.
public final class Chunk {
  private static final VarHandle POSITION;
  private static final VarHandle NEXT;
  private static final @Nullable Reference[] NO_REFERENCES = {};

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      POSITION = lookup.findVarHandle(Chunk.class, "position", int.class);
      NEXT = lookup.findVarHandle(Chunk.class, "next", Chunk.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final AtomicLong USES = new AtomicLong();

  final byte[] bytes;

  /// Tells apart the uses of this chunk, and all chunks.
  private long use = USES.incrementAndGet();

  /// End of what is published; written with release by the writer.
  private int position;

  /// Written with release, once, when the writer has left this chunk.
  private @Nullable Chunk next;

  /// On whose verdict the events depend; set before the chunk is linked.
  private @Nullable Work work;

  private @Nullable Reference[] references = NO_REFERENCES;
  private int referenceCount;

  Chunk(int size) {
    bytes = new byte[size];
  }

  /// Writer: makes everything before `end` visible to the reader.
  void publish(int end) {
    POSITION.setRelease(this, end);
  }

  /// Writer: hangs a chunk behind this one, in which nothing is written any more.
  void link(Chunk successor) {
    NEXT.setRelease(this, successor);
  }

  /// Writer: keeps what an event of this chunk refers to; before the event is published.
  void refer(Reference reference) {
    if (reference.isKeptBy(use)) {
      return;
    }
    int count = referenceCount;
    if (count == references.length) {
      references = Arrays.copyOf(references, Math.max(8, 2 * count));
    }
    references[count] = reference;
    referenceCount = count + 1;
    reference.keptBy(use);
  }

  /// Reader: end of what is published.
  public int published() {
    return (int) POSITION.getAcquire(this);
  }

  /// Reader: the successor, after which no more is published here; null while the writer is here.
  public @Nullable Chunk next() {
    return (Chunk) NEXT.getAcquire(this);
  }

  /// Writer: makes the events of this chunk depend on a verdict; before it is linked.
  void dependOn(Work verdict) {
    work = verdict;
  }

  /// Reader: on whose verdict the events depend.
  public @Nullable Work work() {
    return work;
  }

  /// Reader: valid up to [#published].
  public byte[] bytes() {
    return bytes;
  }

  /// Reader: what the published events refer to, perhaps more; entries may be null.
  public @Nullable Reference[] references() {
    return references;
  }

  /// Size in bytes, used or not.
  public int capacity() {
    return bytes.length;
  }

  /// Empties a chunk that nobody reads or writes.
  void reset() {
    Arrays.fill(references, 0, referenceCount, null);
    if (references.length > 256) {
      references = NO_REFERENCES;
    }
    referenceCount = 0;
    next = null;
    work = null;
    use = USES.incrementAndGet();
    position = 0;
  }
}
