package micromegas.tracing.agent.advice;

import micromegas.tracing.agent.context.TaskContexts;
import org.jspecify.annotations.Nullable;

/// A pool takes a task: the context goes along with the task, and not with the threads and tasks
/// that the pool adds for itself.
final class PoolExecuteAdvice implements Advice {
  private final TaskContexts contexts;

  PoolExecuteAdvice(TaskContexts contexts) {
    this.contexts = contexts;
  }

  @Override
  public @Nullable Object enter(@Nullable Object self, @Nullable Object argument) {
    return argument != null && contexts.submittedToPool(argument) ? Boolean.TRUE : null;
  }

  @Override
  public void exit(@Nullable Object result, @Nullable Throwable failure, Object token) {
    contexts.quiet(-1);
  }
}
