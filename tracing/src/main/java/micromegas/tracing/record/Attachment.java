package micromegas.tracing.record;

import org.jspecify.annotations.Nullable;

/// A context that was made the current one of a thread, and what was current before. Used by that
/// thread alone.
public final class Attachment {
  private final ThreadScope scope;
  private final Context attached;
  private final long savedId;
  private final int savedDepth;
  private final int open;
  private final @Nullable Work savedWork;
  private final int savedWorkDepth;
  private boolean detached;

  private Attachment(ThreadScope scope, Context attached) {
    this.scope = scope;
    this.attached = attached;
    savedId = scope.contextId();
    savedDepth = scope.contextDepth();
    open = scope.depth();
    savedWork = scope.work();
    savedWorkDepth = scope.workDepth();
  }

  /// Makes a context the current one of the calling thread, whose scope this is.
  static Attachment attach(ThreadScope scope, Context context) {
    Attachment attachment = new Attachment(scope, context);
    Work work = context.work();
    if (work != attachment.savedWork) {
      scope.pauseWork();
      if (work != null) {
        scope.beginWork(work);
      }
    }
    scope.setContext(context.spanId(), context.depth());
    return attachment;
  }

  /// Brings back what was current before, whatever was left attached inside. Spans that were left
  /// open are ended.
  void restore() {
    detached = true;
    scope.closeTo(open);
    restoreWork();
    scope.setContext(savedId, savedDepth);
  }

  /// The same for callers that may be wrong about thread and order: on another thread, twice, or
  /// while another context is current, nothing is changed.
  public void detach() {
    if (detached || Thread.currentThread() != scope.owner) {
      Recording.countMisuse();
      return;
    }
    detached = true;
    scope.closeTo(open);
    if (scope.contextId() != attached.spanId() || scope.work() != attached.work()) {
      Recording.countMisuse();
      return;
    }
    restoreWork();
    scope.setContext(savedId, savedDepth);
  }

  private void restoreWork() {
    if (attached.work() != savedWork) {
      scope.pauseWork();
      if (savedWork != null) {
        scope.resumeWork(savedWork, savedWorkDepth);
      }
    }
  }
}
