package micromegas.tracing;

import java.util.concurrent.Callable;
import micromegas.tracing.record.Context;
import micromegas.tracing.record.Recording;
import micromegas.tracing.record.Work;
import org.jspecify.annotations.Nullable;

/// A place that begins units of work (a request, a frame, a job) whose details are kept or dropped
/// after the fact: spans of threads and tasks, and logs at *debug* and less severe, wait until the
/// end of the unit, when the policy decides.
///
/// ```java
/// private static final WorkSite REQUEST =
///     Sites.here().work(KeepPolicy.slowerThan(Duration.ofMillis(200)).orFailed().orOneIn(100));
///
/// try (WorkUnit unit = REQUEST.begin()) {
///   ...
/// }
/// ```
///
/// Logs that are more severe, metrics and images do not wait. Details wait in memory, up to the
/// limits of recording; those beyond are counted as lost. A unit that does not end is kept after a
/// while. Immutable and thread-safe.
public final class WorkSite {
  private final KeepPolicy policy;
  private final Level detail;

  WorkSite(KeepPolicy policy, Level detail) {
    this.policy = policy == null ? (duration, failed) -> true : policy;
    this.detail = detail;
    LogFilters.admitDetail(detail.wireValue());
  }

  /// The least severe level of logs that are details, whatever the filter of the process says;
  /// *debug* by default. With a level above, logs do not wait at all.
  public WorkSite details(Level level) {
    return new WorkSite(policy, level);
  }

  /// Begins a unit on the current thread, which must end it. Inside another unit it becomes a part
  /// of that one: it can fail or ask to be kept, and the outer unit decides.
  public WorkUnit begin() {
    Context previous = Recording.context();
    Work work = Recording.beginWork(detail.wireValue());
    return work == null
        ? WorkUnit.NONE
        : new WorkUnit(work, work == previous.work() ? null : policy, true);
  }

  /// Begins a unit that belongs to no thread: run what is part of it in its context. Any thread may
  /// end it.
  public WorkUnit beginDetached() {
    Work work = Recording.beginDetachedWork(detail.wireValue());
    return work == null ? WorkUnit.NONE : new WorkUnit(work, policy, false);
  }

  /// Runs a task as a unit, which fails when the task throws.
  public void run(Runnable task) {
    try (WorkUnit unit = begin()) {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        unit.fail();
        throw e;
      }
    }
  }

  /// Calls a task as a unit, which fails when the task throws.
  public <T extends @Nullable Object> T call(Callable<T> task) throws Exception {
    try (WorkUnit unit = begin()) {
      try {
        return task.call();
      } catch (Exception | Error e) {
        unit.fail();
        throw e;
      }
    }
  }
}
