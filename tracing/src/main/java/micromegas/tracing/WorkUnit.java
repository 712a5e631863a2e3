package micromegas.tracing;

import java.time.Duration;
import micromegas.tracing.record.Context;
import micromegas.tracing.record.Recording;
import micromegas.tracing.record.Work;
import org.jspecify.annotations.Nullable;

/// A unit of work that is going on, see [WorkSite]. Thread-safe, except that a unit that was begun
/// on a thread must be closed there. Nothing here throws.
public final class WorkUnit implements AutoCloseable {
  static final WorkUnit NONE = new WorkUnit(null, null, false);

  private final @Nullable Work work;
  private final @Nullable KeepPolicy policy;
  private final boolean onThread;

  /// @param policy null when an enclosing unit decides
  WorkUnit(@Nullable Work work, @Nullable KeepPolicy policy, boolean onThread) {
    this.work = work;
    this.policy = policy;
    this.onThread = onThread;
  }

  /// Something in it failed.
  public void fail() {
    if (work != null) {
      work.fail();
    }
  }

  /// Its details are to be kept, whatever the policy says.
  public void keep() {
    if (work != null) {
      work.want();
    }
  }

  /// The context of what is done as part of it, for other threads.
  public SpanContext context() {
    Context now = Recording.context();
    return new SpanContext(new Context(now.spanId(), now.depth(), work));
  }

  /// Ends the unit and decides about its details. Closing twice does nothing.
  @Override
  public void close() {
    if (work == null || policy == null) {
      return;
    }
    if (!work.isPending()) {
      Recording.leaveWork(work, onThread);
      return;
    }
    Recording.endWork(work, isKept(work, policy), onThread);
  }

  private static boolean isKept(Work work, KeepPolicy policy) {
    long ticks = Ticks.now() - work.beginTicks();
    Duration duration = Duration.ofNanos((long) (ticks * (1e9 / Ticks.frequency())));
    try {
      return work.isWanted() || policy.keep(duration, work.hasFailed());
    } catch (RuntimeException e) {
      return true;
    }
  }
}
