package micromegas.tracing;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import micromegas.tracing.record.Recording;

/// A place that opens spans which may end on another thread and whose names are known at run time
/// only. Thread-safe. See [AsyncSpanSite].
public final class NamedAsyncSpanSite {
  private final long id;

  NamedAsyncSpanSite(long id) {
    this.id = id;
  }

  long id() {
    return id;
  }

  /// Begins a span that the caller ends. It is not made current; see [AsyncSpan#run].
  public AsyncSpan begin(Name name) {
    return AsyncSpan.begin(id, Name.reference(name), Recording.context());
  }

  /// Begins a span with a parent of the caller's choice.
  public AsyncSpan begin(Name name, SpanContext parent) {
    return AsyncSpan.begin(id, Name.reference(name), SpanContext.context(parent));
  }

  /// Begins a span with a parent and an id of the caller's choice: for spans that have an id
  /// elsewhere too.
  ///
  /// @param spanId not 0; unique in the process. The library's own ids count from 1, so take large
  ///   ones, such as random numbers of 64 bits
  public AsyncSpan begin(Name name, SpanContext parent, long spanId) {
    return AsyncSpan.begin(id, Name.reference(name), SpanContext.context(parent), spanId);
  }

  /// Begins a span whose name is told later.
  ///
  /// @param otherwise its name when it ends without one
  public LateNamedSpan beginUnnamed(Name otherwise, SpanContext parent) {
    return LateNamedSpan.begin(id, Name.reference(otherwise), SpanContext.context(parent));
  }

  /// A span from now until the stage completes, fails or is cancelled.
  ///
  /// @return the stage
  public <S extends CompletionStage<?>> S trace(Name name, S stage) {
    return Stages.endWith(stage, begin(name));
  }

  /// A span around the making of a stage and until it completes.
  public <S extends CompletionStage<?>> S traceStarting(Name name, Supplier<S> starting) {
    return Stages.trace(begin(name), starting);
  }
}
