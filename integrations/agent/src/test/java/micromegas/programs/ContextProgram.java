package micromegas.programs;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RecursiveTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import micromegas.tracing.AsyncSpan;
import micromegas.tracing.AsyncSpanSite;
import micromegas.tracing.Sites;
import micromegas.tracing.SpanContext;

/// Submits tasks in all ways, and says in which context they run.
public final class ContextProgram {
  private static final AsyncSpanSite OUTER = Sites.here().asyncSpan("outer");

  private ContextProgram() {}

  private interface Submission {
    void submit(Callable<Long> task) throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    Report report = new Report();
    ExecutorService pool = Executors.newFixedThreadPool(2);
    ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    ForkJoinPool forkJoin = new ForkJoinPool(2);
    check(
        "execute",
        task -> {
          CompletableFuture<Long> seen = new CompletableFuture<>();
          pool.execute(() -> seen.complete(call(task)));
          seen.get();
        });
    check("submit", task -> pool.submit(task).get());
    check("schedule", task -> timer.schedule(task, 1, TimeUnit.MILLISECONDS).get());
    check("supplyAsync", task -> CompletableFuture.supplyAsync(() -> call(task)).get());
    check(
        "supplyAsync on a pool",
        task -> CompletableFuture.supplyAsync(() -> call(task), pool).get());
    check(
        "delayed",
        task ->
            CompletableFuture.supplyAsync(
                    () -> call(task), CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS))
                .get());
    check("fork join", task -> forkJoin.submit(task).get());
    check(
        "fork join execute",
        task -> {
          CompletableFuture<Long> seen = new CompletableFuture<>();
          forkJoin.execute(() -> seen.complete(call(task)));
          seen.get();
        });
    check("fork", task -> forkJoin.submit(new Forking(task)).get());
    check(
        "thread",
        task -> {
          Thread thread = new Thread(() -> call(task));
          thread.start();
          thread.join();
        });
    if (Runtime.version().feature() >= 21) {
      ThreadFactory virtual = virtualFactory();
      check(
          "virtual thread",
          task -> {
            Thread thread = virtual.newThread(() -> call(task));
            thread.start();
            thread.join();
          });
      try (AutoCloseable perTask = perTaskExecutor()) {
        check("virtual executor", task -> ((ExecutorService) perTask).submit(task).get());
      }
    }
    // Threads of pools keep nothing.
    System.out.println("afterwards " + pool.submit(SpanContext::currentId).get());
    System.out.println("afterwards " + forkJoin.submit(SpanContext::currentId).get());
    pool.shutdown();
    timer.shutdown();
    forkJoin.shutdown();
    report.print("contexts");
  }

  private static void check(String what, Submission submission) throws Exception {
    AsyncSpan outer = OUTER.begin();
    long[] seen = new long[1];
    SpanContext.Attached attached = outer.context().attach();
    try {
      submission.submit(() -> {
        seen[0] = SpanContext.currentId();
        return seen[0];
      });
    } finally {
      attached.close();
      outer.end();
    }
    System.out.println(what + (seen[0] == outer.id() ? " same" : " other " + seen[0]));
  }

  private static Long call(Callable<Long> task) {
    try {
      return task.call();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Forking extends RecursiveTask<Long> {
    private static final long serialVersionUID = 1L;
    private final transient Callable<Long> task;

    Forking(Callable<Long> task) {
      this.task = task;
    }

    @Override
    protected Long compute() {
      return new RecursiveTask<Long>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected Long compute() {
          return call(task);
        }
      }.fork().join();
    }
  }

  private static ThreadFactory virtualFactory() throws ReflectiveOperationException {
    Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
    Class<?> type = Class.forName("java.lang.Thread$Builder");
    return (ThreadFactory) type.getMethod("factory").invoke(builder);
  }

  private static AutoCloseable perTaskExecutor() throws ReflectiveOperationException {
    return (AutoCloseable)
        Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
  }
}
