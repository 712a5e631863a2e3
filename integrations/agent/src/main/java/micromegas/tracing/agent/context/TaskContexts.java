package micromegas.tracing.agent.context;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.ForkJoinWorkerThread;
import micromegas.tracing.SpanContext;
import org.jspecify.annotations.Nullable;

/// Takes the span context of a submission along with its task, and that of a thread's start along
/// with the thread. Tasks stay what they are: their contexts are kept beside them, as long as the
/// tasks live. Nothing is done while there is no context. Thread-safe.
public final class TaskContexts {
  /// Threads on which virtual threads run; the JDK gives tasks of its own to them.
  private static final String CARRIER = "jdk.internal.misc.CarrierThread";

  /// Begins of the names of tasks that are no work of the one who submits them: they are loops of
  /// the JDK, of pools, and of servers, whose work has contexts of its own.
  private static final List<String> INTERNAL =
      List.of(
          "java.lang.",
          "org.eclipse.jetty.util.thread.",
          "org.eclipse.jetty.io.",
          "org.apache.tomcat.util.net.",
          "com.google.common.util.concurrent.SequentialExecutor$");

  private static final String TIMER = "java.util.TimerThread";

  private final WeakIdentityMap<SpanContext> contexts = new WeakIdentityMap<>();

  /// In how many calls of pools that submit tasks or start threads of their own the current thread
  /// is.
  private final ThreadLocal<int[]> quiet = ThreadLocal.withInitial(() -> new int[1]);

  /// The task was given to an executor.
  public void submitted(Object task) {
    if (task == null || isInternal(task) || isQuiet()) {
      return;
    }
    SpanContext now = SpanContext.current();
    if (now == SpanContext.root()) {
      return;
    }
    SpanContext before = contexts.put(task, now);
    if (before != null && before.spanId() != now.spanId()) {
      // One object was given away twice before it ran: no context is better than a wrong one.
      contexts.put(task, SpanContext.root());
    }
  }

  /// Enters the context of a task that is about to run.
  ///
  /// @return what must be closed at its end, or null
  public SpanContext.@Nullable Attached enter(Object task) {
    SpanContext context = contexts.take(task);
    return context == null ? null : context.attach();
  }

  /// Runs a task in its context. What it submits is not the pool's own, also when a pool runs it in
  /// the thread of its submitter.
  public void run(Runnable task) {
    SpanContext.Attached attached = enter(task);
    int[] nesting = quiet.get();
    int outside = nesting[0];
    nesting[0] = 0;
    try {
      task.run();
    } finally {
      nesting[0] = outside;
      if (attached != null) {
        attached.close();
      }
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
    if (thread instanceof ForkJoinWorkerThread
        || thread.getClass().getName().equals(TIMER)
        || onCarrier()
        || isQuiet()) {
      return;
    }
    SpanContext.current().giveTo(thread);
  }

  /// A pool has been given a task, and begins to do what its own business is.
  ///
  /// @return whether that ends with [#quiet]; not while there is no context that could go along
  public boolean submittedToPool(Object task) {
    submitted(task);
    if (SpanContext.current() == SpanContext.root()) {
      return false;
    }
    quiet(1);
    return true;
  }

  private boolean isQuiet() {
    return quiet.get()[0] > 0;
  }

  /// A pool begins or ends to submit tasks and start threads of its own.
  public void quiet(int change) {
    quiet.get()[0] += change;
  }

  private static boolean isInternal(Object task) {
    if (onCarrier()) {
      return true;
    }
    String name = task.getClass().getName();
    for (String prefix : INTERNAL) {
      if (name.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  private static boolean onCarrier() {
    return Thread.currentThread().getClass().getName().equals(CARRIER);
  }
}
