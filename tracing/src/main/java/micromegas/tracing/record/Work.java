package micromegas.tracing.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// A unit of work (a request, a frame) whose details are kept or dropped by a verdict at its end.
/// The events of threads wait in chunks that name it; async spans and logs wait in stripes of its
/// own. Thread-safe; the verdict is given once.
public final class Work {
  private static final VarHandle VERDICT;

  static {
    try {
      VERDICT = MethodHandles.lookup().findVarHandle(Work.class, "verdict", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int PENDING = 0;
  private static final int KEPT = 1;
  private static final int DROPPED = 2;

  private final Engine engine;
  private final int detail;
  private final long beginTicks;
  private int verdict;
  private volatile boolean failed;
  private volatile boolean wanted;
  private volatile @Nullable Stripes logs;
  private volatile @Nullable Stripes spans;

  /// @param detail logs up to that level (as on the wire) wait, also when they are off otherwise
  Work(Engine engine, int detail, long beginTicks) {
    this.engine = engine;
    this.detail = detail;
    this.beginTicks = beginTicks;
  }

  public Engine engine() {
    return engine;
  }

  /// The least severe level of logs that wait, as on the wire.
  public int detail() {
    return detail;
  }

  public long beginTicks() {
    return beginTicks;
  }

  /// Something in it failed.
  public void fail() {
    failed = true;
  }

  public boolean hasFailed() {
    return failed;
  }

  /// Whatever else is decided by, it is to be kept.
  public void want() {
    wanted = true;
  }

  public boolean isWanted() {
    return wanted;
  }

  public boolean isPending() {
    return (int) VERDICT.getAcquire(this) == PENDING;
  }

  public boolean isDropped() {
    return (int) VERDICT.getAcquire(this) == DROPPED;
  }

  /// Gives the verdict; false when there is one already.
  boolean decide(boolean keep) {
    return VERDICT.compareAndSet(this, PENDING, keep ? KEPT : DROPPED);
  }

  /// Where logs wait, made at the first one.
  Stripes logs() {
    Stripes there = logs;
    return there != null ? there : makeLogs();
  }

  /// Where async spans wait, made at the first one.
  Stripes spans() {
    Stripes there = spans;
    return there != null ? there : makeSpans();
  }

  /// What waits, or null when nothing does.
  public @Nullable Stripes waitingLogs() {
    return logs;
  }

  public @Nullable Stripes waitingSpans() {
    return spans;
  }

  private synchronized Stripes makeLogs() {
    Stripes there = logs;
    if (there == null) {
      there = engine.works().newBuffer(this);
      logs = there;
      closeIfTooLate(there, true);
    }
    return there;
  }

  private synchronized Stripes makeSpans() {
    Stripes there = spans;
    if (there == null) {
      there = engine.works().newBuffer(this);
      spans = there;
      closeIfTooLate(there, false);
    }
    return there;
  }

  /// Whoever gives the verdict looks for buffers after it; this looks for the verdict after the
  /// buffer was made. So one of both closes it.
  private void closeIfTooLate(Stripes made, boolean isLogs) {
    int now = (int) VERDICT.getVolatile(this);
    if (now != PENDING) {
      engine.works().closeLate(this, made, isLogs, now == KEPT);
    }
  }
}
