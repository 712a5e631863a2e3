package micromegas.programs;

import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RecursiveTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import micromegas.tracing.SpanContext;

/// Submits tasks in all ways, and says in which context they run.
public final class ContextProgram {
  private ContextProgram() {}

  public static void main(String[] arguments) throws Exception {
    Report report = new Report();
    ExecutorService pool = Executors.newFixedThreadPool(2);
    ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    ForkJoinPool forkJoin = new ForkJoinPool(2);
    ContextCheck.check(
        "execute",
        task -> {
          CompletableFuture<Long> seen = new CompletableFuture<>();
          pool.execute(() -> seen.complete(ContextCheck.call(task)));
          seen.get();
        });
    ContextCheck.check("submit", task -> pool.submit(task).get());
    ContextCheck.check("schedule", task -> timer.schedule(task, 1, TimeUnit.MILLISECONDS).get());
    ContextCheck.check(
        "supplyAsync", task -> CompletableFuture.supplyAsync(() -> ContextCheck.call(task)).get());
    ContextCheck.check(
        "supplyAsync on a pool",
        task -> CompletableFuture.supplyAsync(() -> ContextCheck.call(task), pool).get());
    ContextCheck.check(
        "delayed",
        task ->
            CompletableFuture.supplyAsync(
                    () -> ContextCheck.call(task),
                    CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS))
                .get());
    ContextCheck.check("fork join", task -> forkJoin.submit(task).get());
    ContextCheck.check(
        "fork join execute",
        task -> {
          CompletableFuture<Long> seen = new CompletableFuture<>();
          forkJoin.execute(() -> seen.complete(ContextCheck.call(task)));
          seen.get();
        });
    ContextCheck.check("fork", task -> forkJoin.submit(new Forking(task)).get());
    ContextCheck.check(
        "thread",
        task -> {
          Thread thread = new Thread(() -> ContextCheck.call(task));
          thread.start();
          thread.join();
        });
    Timer daemon = new Timer(true);
    ContextCheck.checkAll("timer", task -> daemon.schedule(timed(task), 1));
    CompletableFuture<Timer> made = new CompletableFuture<>();
    ContextCheck.check(
        "thread that makes a timer",
        task -> {
          made.complete(new Timer(true));
          ContextCheck.call(task);
        });
    ContextCheck.checkAll("timer of a span", task -> made.join().schedule(timed(task), 1));
    ContextCheck.check("invokeAll", task -> pool.invokeAll(List.of(task)));
    ContextCheck.check("invokeAny of a fork-join pool", task -> forkJoin.invokeAny(List.of(task)));
    if (forkJoin instanceof ScheduledExecutorService delaying) { // since JDK 25
      ContextCheck.check(
          "fork-join schedule", task -> delaying.schedule(task, 1, TimeUnit.MILLISECONDS).get());
    }
    sharedTask();
    if (Runtime.version().feature() >= 21) {
      ThreadFactory virtual = virtualFactory();
      ContextCheck.check(
          "virtual thread",
          task -> {
            Thread thread = virtual.newThread(() -> ContextCheck.call(task));
            thread.start();
            thread.join();
          });
      try (AutoCloseable perTask = perTaskExecutor()) {
        ContextCheck.check(
            "virtual executor", task -> ((ExecutorService) perTask).submit(task).get());
      }
    }
    if (arguments.length > 0) {
      ContextCheck.check("structured fork", ContextProgram::fork);
    }
    // Threads of pools keep nothing.
    System.out.println("afterwards " + pool.submit(SpanContext::currentId).get());
    System.out.println("afterwards " + forkJoin.submit(SpanContext::currentId).get());
    pool.shutdown();
    timer.shutdown();
    forkJoin.shutdown();
    report.print("contexts");
  }

  private static TimerTask timed(Runnable task) {
    return new TimerTask() {
      @Override
      public void run() {
        task.run();
      }
    };
  }

  /// One object that is submitted in two contexts before it runs has neither.
  private static void sharedTask() throws Exception {
    ThreadPoolExecutor one =
        new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
    CountDownLatch gate = new CountDownLatch(1);
    List<Long> seen = new CopyOnWriteArrayList<>();
    Runnable shared = () -> seen.add(SpanContext.currentId());
    one.execute(() -> {
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
    ContextCheck.check(
        "first of two",
        task -> {
          one.execute(shared);
          task.call();
        });
    ContextCheck.check(
        "second of two",
        task -> {
          one.execute(shared);
          task.call();
        });
    Runnable removed = () -> seen.add(-1L);
    ContextCheck.check(
        "a removed one",
        task -> {
          one.execute(removed);
          task.call();
        });
    System.out.println("removed " + one.remove(removed));
    gate.countDown();
    one.shutdown();
    one.awaitTermination(1, TimeUnit.MINUTES);
    System.out.println("shared " + seen);
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
          return ContextCheck.call(task);
        }
      }.fork().join();
    }
  }

  /// Forks a task as structured concurrency does, which is in preview.
  private static void fork(Callable<Long> task) throws Exception {
    Class<?> type = Class.forName("java.util.concurrent.StructuredTaskScope");
    try (AutoCloseable scope = (AutoCloseable) type.getMethod("open").invoke(null)) {
      type.getMethod("fork", Callable.class).invoke(scope, task);
      type.getMethod("join").invoke(scope);
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
