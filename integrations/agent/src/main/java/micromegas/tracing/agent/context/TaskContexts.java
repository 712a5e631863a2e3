package micromegas.tracing.agent.context;

import java.util.concurrent.Callable;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.ForkJoinWorkerThread;
import micromegas.tracing.SpanContext;
import org.jspecify.annotations.Nullable;

/// Takes the span context of a submission along with its task, and that of a thread's start along
/// with the thread. Tasks stay what they are: their contexts are kept beside them. Nothing is done
/// while there is no context. Thread-safe.
public final class TaskContexts {
  /// Threads on which virtual threads run; the JDK gives tasks of its own to them.
  private static final String CARRIER = "jdk.internal.misc.CarrierThread";

  private static final String JDK = "java.lang.";

  private final WeakIdentityMap<SpanContext> contexts = new WeakIdentityMap<>();

  /// How many calls that start threads of pools the current thread is in.
  private final ThreadLocal<int[]> quiet = ThreadLocal.withInitial(() -> new int[1]);

  /// The task was given to an executor.
  public void submitted(Object task) {
    if (task == null || isInternal(task)) {
      return;
    }
    SpanContext now = SpanContext.current();
    if (now != SpanContext.root()) {
      contexts.put(task, now);
    }
  }

  /// Enters the context of a task that is about to run.
  ///
  /// @return what must be closed at its end, or null
  public SpanContext.@Nullable Attached enter(Object task) {
    SpanContext context = contexts.take(task);
    return context == null ? null : context.attach();
  }

  /// Runs a task in its context.
  public void run(Runnable task) {
    SpanContext.Attached attached = enter(task);
    if (attached == null) {
      task.run();
      return;
    }
    try {
      task.run();
    } finally {
      attached.close();
    }
  }

  /// A task for a pool that makes another one of it.
  public Runnable inContext(Runnable task) {
    if (task instanceof ForkJoinTask) {
      submitted(task);
      return task;
    }
    if (task == null || isInternal(task)) {
      return task;
    }
    SpanContext now = SpanContext.current();
    return now == SpanContext.root() ? task : new InContext(now, task);
  }

  /// A task for a pool that makes another one of it.
  public <T extends @Nullable Object> Callable<T> inContext(Callable<T> task) {
    if (task == null || isInternal(task)) {
      return task;
    }
    SpanContext now = SpanContext.current();
    return now == SpanContext.root() ? task : () -> call(now, task);
  }

  private record InContext(SpanContext context, Runnable task) implements Runnable {
    @Override
    public void run() {
      SpanContext.Attached attached = context.attach();
      try {
        task.run();
      } finally {
        attached.close();
      }
    }
  }

  private static <T extends @Nullable Object> T call(SpanContext context, Callable<T> task)
      throws Exception {
    SpanContext.Attached attached = context.attach();
    try {
      return task.call();
    } finally {
      attached.close();
    }
  }

  /// A thread is about to start. Threads of pools begin without a context: they outlive the task
  /// they are started for.
  public void starting(Thread thread) {
    if (thread instanceof ForkJoinWorkerThread || onCarrier() || quiet.get()[0] > 0) {
      return;
    }
    SpanContext.current().giveTo(thread);
  }

  /// A pool begins or ends to start threads.
  public void quiet(int change) {
    quiet.get()[0] += change;
  }

  private static boolean isInternal(Object task) {
    return task.getClass().getName().startsWith(JDK) || onCarrier();
  }

  private static boolean onCarrier() {
    return Thread.currentThread().getClass().getName().equals(CARRIER);
  }
}
