package micromegas.tracing;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/// Spans that end when a stage does.
final class Stages {
  private Stages() {}

  static <S extends CompletionStage<?>> S endWith(S stage, AsyncSpan span) {
    var unused = stage.whenComplete((result, failure) -> span.end());
    return stage;
  }

  static <S extends CompletionStage<?>> S trace(AsyncSpan span, Supplier<S> starting) {
    S stage;
    try {
      stage = span.context().get(starting);
    } catch (Throwable e) {
      span.end();
      throw e;
    }
    return endWith(stage, span);
  }
}
