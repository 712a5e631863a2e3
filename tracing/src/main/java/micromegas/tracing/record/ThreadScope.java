package micromegas.tracing.record;

import micromegas.tracing.SpanScope;
import org.jspecify.annotations.Nullable;

/// What one thread has open: its spans, the async span that new ones have as their parent, and the
/// unit of work whose details wait. Used by its thread alone. Kept in a thread-local of
/// [Recording].
public abstract class ThreadScope extends SpanScope {
  final Thread owner;
  private long contextId;
  private int contextDepth;
  private @Nullable Work work;

  /// Open spans when the work began on this thread.
  private int workDepth;

  ThreadScope(Thread owner) {
    this.owner = owner;
  }

  /// Begins a span.
  ///
  /// @return what ends it: this, or a scope that does nothing
  abstract SpanScope begin(long site);

  /// Begins a span with a name of its own.
  abstract SpanScope begin(long location, Reference name);

  /// Number of open spans, those that were not recorded for their depth included.
  abstract int depth();

  /// Ends all spans above that depth, the innermost first.
  abstract void closeTo(int depth);

  /// Writes the begin of an async span.
  ///
  /// @return its id, or 0 when it is not recorded
  abstract long beginAsync(
      Engine engine,
      long site,
      @Nullable Reference name,
      long parent,
      int depth,
      @Nullable Work work);

  /// Writes the end of an async span.
  abstract void endAsync(
      Engine engine,
      long site,
      @Nullable Reference name,
      long id,
      long parent,
      int depth,
      @Nullable Work work);

  /// From here on details wait for the verdict on `work`.
  final void beginWork(Work newWork) {
    work = newWork;
    workDepth = depth();
    startWaiting(newWork);
  }

  /// Details do not wait any more; spans that the work left open are ended.
  final void endWork() {
    closeTo(workDepth);
    pauseWork();
  }

  /// Details do not wait until [#resumeWork]; spans stay open.
  final void pauseWork() {
    Work paused = work;
    if (paused != null) {
      work = null;
      stopWaiting(paused);
    }
  }

  /// @param openSpans what [#workDepth] was before the pause
  final void resumeWork(Work paused, int openSpans) {
    work = paused;
    workDepth = openSpans;
    startWaiting(paused);
  }

  /// Where spans of the thread go while details wait.
  abstract void startWaiting(Work current);

  abstract void stopWaiting(Work former);

  final int workDepth() {
    return workDepth;
  }

  /// For a thread that inherits it.
  final void inheritWork(Work inherited) {
    work = inherited;
  }

  /// Id of the current async span, 0 for none.
  public final long contextId() {
    return contextId;
  }

  /// Depth of a span that begins now.
  public final int contextDepth() {
    return contextDepth;
  }

  public final @Nullable Work work() {
    return work;
  }

  final void setContext(long id, int depth) {
    contextId = id;
    contextDepth = depth;
  }
}
