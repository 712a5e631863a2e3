package micromegas.tracing;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import micromegas.tracing.record.Recording;
import org.jspecify.annotations.Nullable;

/// A place that opens spans which may end on another thread. Thread-safe.
///
/// A span's parent is the current async span at its begin, see [SpanContext]. Failed and cancelled
/// work ends its span like any other.
public final class AsyncSpanSite {
  private final long id;

  AsyncSpanSite(long id) {
    this.id = id;
  }

  /// Begins a span that the caller ends. It is not made current; see [AsyncSpan#run].
  public AsyncSpan begin() {
    return AsyncSpan.begin(id, null, Recording.context());
  }

  /// Begins a span with a parent of the caller's choice.
  public AsyncSpan begin(SpanContext parent) {
    return AsyncSpan.begin(id, null, SpanContext.context(parent));
  }

  /// Runs a task inside a span.
  public void run(Runnable task) {
    try (AsyncSpan span = begin()) {
      span.run(task);
    }
  }

  /// Calls a task inside a span.
  public <T extends @Nullable Object> T call(Callable<T> task) throws Exception {
    try (AsyncSpan span = begin()) {
      return span.call(task);
    }
  }

  /// A span from now until the stage completes, fails or is cancelled.
  ///
  /// @return the stage
  public <S extends CompletionStage<?>> S trace(S stage) {
    return Stages.endWith(stage, begin());
  }

  /// A span around the making of a stage and until it completes. What the supplier starts has the
  /// span as its parent.
  public <S extends CompletionStage<?>> S traceStarting(Supplier<S> starting) {
    return Stages.trace(begin(), starting);
  }
}
