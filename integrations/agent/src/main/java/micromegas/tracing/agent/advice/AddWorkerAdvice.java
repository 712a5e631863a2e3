package micromegas.tracing.agent.advice;

import micromegas.tracing.agent.context.TaskContexts;
import org.jspecify.annotations.Nullable;

/// The thread that a pool adds does not inherit the context of the task it is added for.
final class AddWorkerAdvice implements Advice {
  private final TaskContexts contexts;

  AddWorkerAdvice(TaskContexts contexts) {
    this.contexts = contexts;
  }

  @Override
  public @Nullable Object enter(@Nullable Object self, @Nullable Object argument) {
    contexts.quiet(1);
    return Boolean.TRUE;
  }

  @Override
  public void exit(@Nullable Object result, @Nullable Throwable failure, Object token) {
    contexts.quiet(-1);
  }
}
