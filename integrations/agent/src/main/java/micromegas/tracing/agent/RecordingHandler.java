package micromegas.tracing.agent;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import micromegas.tracing.AsyncSpan;
import micromegas.tracing.SpanContext;
import micromegas.tracing.agent.advice.Advices;
import micromegas.tracing.agent.boot.AgentHandler;
import micromegas.tracing.agent.context.TaskContexts;
import micromegas.tracing.agent.select.SpanForms;
import micromegas.tracing.spi.Recorder;
import org.jspecify.annotations.Nullable;

/// Records what woven code reports. While it is off, nothing begins; what has begun is ended.
@SuppressWarnings("NullAway") // the hooks are compiled without annotations: objects may be null
final class RecordingHandler implements AgentHandler {
  private final SpanForms forms;
  private final Advices advices;
  private final TaskContexts contexts;
  private volatile boolean on;

  RecordingHandler(SpanForms forms, Advices advices, TaskContexts contexts) {
    this.forms = forms;
    this.advices = advices;
    this.contexts = contexts;
  }

  void switchTo(boolean nowOn) {
    on = nowOn;
    if (!nowOn) {
      advices.switchedOff();
    }
  }

  boolean isOn() {
    return on;
  }

  @Override
  public int begin(long site) {
    return on ? Recorder.begin(site) : 0;
  }

  @Override
  public void end(int token) {
    Recorder.end(token);
  }

  /// @param attached the span's context on the thread that called the method
  private record Stage(AsyncSpan span, SpanContext.Attached attached) {}

  @Override
  public @Nullable Object beginAsync(int site) {
    if (!on) {
      return null;
    }
    AsyncSpan span = forms.stageSite(site).begin();
    return new Stage(span, span.context().attach());
  }

  @Override
  public void endAsync(@Nullable Object result, Object token) {
    Stage stage = (Stage) token;
    stage.attached().close();
    if (result instanceof CompletionStage<?> completing) {
      try {
        var unused = completing.whenComplete((value, failure) -> stage.span().end());
        return;
      } catch (RuntimeException e) { // of a stage that does not support it
        stage.span().end();
        return;
      }
    }
    stage.span().end();
  }

  @Override
  public @Nullable Object enter(int kind, @Nullable Object self, @Nullable Object argument) {
    if (!on) {
      return null;
    }
    try {
      return advices.get(kind).enter(self, argument);
    } catch (RuntimeException | LinkageError e) {
      return null; // the application goes on without the span
    }
  }

  @Override
  public void exit(int kind, @Nullable Object result, @Nullable Throwable failure, Object token) {
    try {
      advices.get(kind).exit(result, failure, token);
    } catch (RuntimeException | LinkageError e) {
      return; // the application goes on without the end
    }
  }

  @Override
  public void submitted(Object task) {
    if (on) {
      contexts.submitted(task);
    }
  }

  @Override
  public void run(Runnable task) {
    contexts.run(task);
  }

  @Override
  public Runnable inContext(Runnable task) {
    return on ? contexts.inContext(task) : task;
  }

  @Override
  public <T> Callable<T> inContext(Callable<T> task) {
    return on ? contexts.inContext(task) : task;
  }

  @Override
  public void starting(Thread thread) {
    if (on) {
      contexts.starting(thread);
    }
  }
}
