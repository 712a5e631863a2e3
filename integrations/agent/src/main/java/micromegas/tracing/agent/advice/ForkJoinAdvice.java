package micromegas.tracing.agent.advice;

import micromegas.tracing.SpanContext;
import micromegas.tracing.agent.context.TaskContexts;
import org.jspecify.annotations.Nullable;

/// Runs a fork-join task in the context of its submission.
final class ForkJoinAdvice implements Advice {
  private final TaskContexts contexts;

  ForkJoinAdvice(TaskContexts contexts) {
    this.contexts = contexts;
  }

  @Override
  public @Nullable Object enter(@Nullable Object self, @Nullable Object argument) {
    return self == null ? null : contexts.enter(self);
  }

  @Override
  public void exit(@Nullable Object result, @Nullable Throwable failure, Object token) {
    ((SpanContext.Attached) token).close();
  }
}
