package micromegas.tracing.record;

import org.jspecify.annotations.Nullable;

/// The events of one platform thread in one engine, as their reader sees them: a chain of chunks,
/// to whose end the thread's recorder appends. All methods are the reader's unless they say
/// otherwise.
public final class ThreadStream {
  /// How long a recorder must have been told before its memory is taken: far more than a store
  /// needs to become visible to all processors.
  private static final long HANDSHAKE_NANOS = 1_000_000_000L;

  private final Thread owner;
  private final long beginTicks;
  private final ThreadRecorder recorder;
  private Chunk head;
  private int consumed;
  private long askedNanos;
  private boolean asked;

  /// Chunks outside of the chain, which wait for a verdict, and whose; written by the owner.
  private volatile @Nullable Chunk waiting;

  private volatile @Nullable Work waitingFor;

  /// Guarded by this object: nothing is added any more.
  private boolean closed;

  ThreadStream(Thread owner, long beginTicks, ThreadRecorder recorder, Chunk head) {
    this.owner = owner;
    this.beginTicks = beginTicks;
    this.recorder = recorder;
    this.head = head;
  }

  /// Takes events away.
  public interface Target {
    /// Copies the events in `[from, to)` of a chunk; afterwards the chunk may be used again.
    ///
    /// @return whether there is room for more
    boolean take(Chunk chunk, int from, int to);
  }

  public Thread owner() {
    return owner;
  }

  /// Not later than the ticks of the first event.
  public long beginTicks() {
    return beginTicks;
  }

  /// Hands over what was published, up to a chunk whose verdict is not known.
  public void read(Target target, ChunkPool pool) {
    boolean room = true;
    while (room) {
      Chunk chunk = head;
      Work work = chunk.work();
      if (work != null && work.isPending()) {
        return;
      }
      Chunk next = chunk.next(); // before the position: afterwards it does not change any more
      int end = chunk.published();
      if (end > consumed && (work == null || !work.isDropped())) {
        room = target.take(chunk, consumed, end);
      }
      consumed = end;
      if (next == null) {
        return;
      }
      head = next;
      consumed = 0;
      pool.give(chunk);
    }
  }

  /// Hands over everything, also what waits for a verdict, which is kept, and adds nothing from now
  /// on. The owner's next event looks for another engine.
  public void readLast(Target target, ChunkPool pool) {
    synchronized (this) {
      closed = true;
      recorder.askForMemory(this);
    }
    for (Chunk chunk = head; chunk != null; chunk = chunk.next()) {
      keep(chunk.work());
    }
    keep(waitingFor);
    read(target, pool);
    for (Chunk chunk = waiting; chunk != null; chunk = chunk.next()) {
      target.take(chunk, 0, chunk.published());
    }
    waiting = null;
  }

  private static void keep(@Nullable Work work) {
    if (work != null) {
      work.engine().works().decide(work, true);
    }
  }

  /// After the thread has ended: hangs what waits for a verdict behind what is read, because the
  /// thread will not do it any more.
  public void adoptWaiting(ChunkPool pool) {
    Work work = waitingFor;
    if (work != null) {
      setWaiting(null, null);
      recorder.linkWaiting(this, pool, work);
    }
  }

  /// The work on which the next events depend, or null.
  public @Nullable Work pendingWork() {
    Work work = head.work();
    return work != null && work.isPending() ? work : null;
  }

  /// Whether nothing more will come: the thread has ended and everything was read.
  public boolean isFinished() {
    return !owner.isAlive() && head.next() == null && head.published() == consumed;
  }

  /// Gives the memory of a finished stream back.
  public void release(ChunkPool pool) {
    recorder.release(this, pool);
    pool.give(head);
    head = new Chunk(0);
    consumed = 0;
  }

  /// Takes the memory of a recorder that has nothing to say; call it now and then after [#read].
  ///
  /// The owner cannot be asked to do it, because it does nothing. So it is told first, by a limit
  /// that makes its next event go the slow way, which takes the lock. If a second later it still
  /// has not noticed and does not run, it will notice before it writes again.
  public void reclaim(ChunkPool pool, long nowNanos) {
    if (head.capacity() == 0 || head.next() != null || head.published() != consumed) {
      asked = false;
      return;
    }
    if (!asked) {
      asked = recorder.askForMemory(this);
      askedNanos = nowNanos;
      return;
    }
    if (nowNanos - askedNanos < HANDSHAKE_NANOS || !doesNotRun(owner.getState())) {
      return;
    }
    synchronized (this) {
      if (waiting == null && head.published() == consumed && head.next() == null) {
        Chunk none = new Chunk(0);
        if (recorder.giveUpMemory(this, none, pool)) {
          pool.forget(head); // not used again: that is safe whatever the owner does
          head = none;
          consumed = 0;
        }
      }
      asked = false;
    }
  }

  private static boolean doesNotRun(Thread.State state) {
    return state == Thread.State.WAITING
        || state == Thread.State.TIMED_WAITING
        || state == Thread.State.BLOCKED;
  }

  /// Owner: shows the reader what waits, and for which verdict.
  void setWaiting(@Nullable Chunk first, @Nullable Work work) {
    waitingFor = work;
    waiting = first;
  }

  /// Owner, under the lock of this object.
  boolean isClosed() {
    return closed;
  }
}
