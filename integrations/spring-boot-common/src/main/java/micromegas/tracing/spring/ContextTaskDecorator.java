package micromegas.tracing.spring;

import micromegas.tracing.SpanContext;
import org.springframework.core.task.TaskDecorator;

/// Runs tasks in the span context of their submission.
final class ContextTaskDecorator implements TaskDecorator {
  private final TaskDecorator own;

  /// @param own what the application does to tasks
  ContextTaskDecorator(TaskDecorator own) {
    this.own = own;
  }

  @Override
  public Runnable decorate(Runnable task) {
    return SpanContext.wrap(own.decorate(task));
  }
}
