package micromegas.programs;

import io.netty.channel.DefaultEventLoop;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import micromegas.tracing.SpanContext;
import org.apache.tomcat.util.threads.ThreadPoolExecutor;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/// Submits tasks to executors that are not the JDK's.
public final class OtherExecutorsProgram {
  private OtherExecutorsProgram() {}

  public static void main(String[] arguments) throws Exception {
    Report report = new Report();
    tomcat();
    QueuedThreadPool jetty = new QueuedThreadPool(8, 1);
    jetty.start();
    for (int i = 0; i < 4; i++) {
      ContextCheck.checkAll("jetty " + i, jetty::execute);
    }
    jetty.stop();
    netty("default", new DefaultEventExecutor());
    netty("event loop", new DefaultEventLoop());
    netty("global", GlobalEventExecutor.INSTANCE);
    own();
    report.print("contexts");
    System.exit(0);
  }

  private static void tomcat() throws Exception {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(1, 2, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>());
    ContextCheck.checkAll("tomcat", pool::execute);
    ContextCheck.check("tomcat submit", task -> pool.submit(task).get());
    // Tasks stay what they are, for who looks for them in the queue.
    CompletableFuture<Boolean> gate = new CompletableFuture<>();
    pool.execute(gate::join);
    Runnable queued = () -> {};
    Runnable left = () -> {};
    ContextCheck.check(
        "tomcat queue",
        task -> {
          pool.execute(queued);
          pool.execute(left);
          task.call();
        });
    System.out.println("removed " + pool.remove(queued));
    System.out.println("left " + pool.shutdownNow().contains(left));
    gate.complete(true);
  }

  private static void netty(String what, EventExecutor executor) throws Exception {
    ContextCheck.checkAll(what, executor::execute);
    ContextCheck.check(what + " submit", task -> executor.submit(task).get());
    ContextCheck.check(
        what + " schedule", task -> executor.schedule(task, 1, TimeUnit.MILLISECONDS).get());
    ContextCheck.checkAll(
        what + " schedule runnable", task -> executor.schedule(task, 1, TimeUnit.MILLISECONDS));
    executor.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private static void own() throws Exception {
    ContextCheck.checkAll("own pool", new OwnPool());
    ContextCheck.checkAll("own pool with members", new PoolWithMembers()::execute);
    ContextCheck.checkAll("direct", new Direct()::execute);
    // What a task starts that runs at once is the task's own.
    ContextCheck.check(
        "thread of a direct task",
        task -> {
          Thread[] made = new Thread[1];
          new Direct()
              .execute(() -> {
                made[0] = new Thread(() -> ContextCheck.call(task));
                made[0].start();
              });
          made[0].join();
        });
    ContextCheck.checkAll("thread per task", new ThreadPerTask()::execute);
    OwnPool inner = new OwnPool();
    ContextCheck.checkAll("decorating", new Decorating(inner)::execute);
  }

  /// Runs tasks itself, on a thread that the first one starts.
  private static final class OwnPool implements Executor, ContextCheck.Execution {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean started;

    @Override
    public synchronized void execute(Runnable task) {
      tasks.add(task);
      notifyAll();
      if (!started) {
        started = true;
        Thread thread = new Thread(this::work);
        thread.setDaemon(true);
        thread.start();
      }
    }

    private void work() {
      while (true) {
        Runnable task;
        synchronized (this) {
          while (tasks.isEmpty()) {
            try {
              wait();
            } catch (InterruptedException e) {
              return;
            }
          }
          task = tasks.remove();
        }
        task.run();
      }
    }
  }

  /// Leaves the running to a member class, whose thread is there already.
  private static final class PoolWithMembers implements Executor {
    private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

    PoolWithMembers() {
      Thread thread = new Thread(new Worker());
      thread.setDaemon(true);
      thread.start();
    }

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    private final class Worker implements Runnable {
      @Override
      public void run() {
        try {
          while (true) {
            tasks.take().run();
          }
        } catch (InterruptedException e) {
          System.out.println("interrupted");
        }
      }
    }
  }

  private static final class Direct implements Executor {
    @Override
    public void execute(Runnable task) {
      task.run();
    }
  }

  private static final class ThreadPerTask implements Executor {
    @Override
    public void execute(Runnable task) {
      new Thread(task).start();
    }
  }

  private record Decorating(Executor inner) implements Executor {
    @Override
    public void execute(Runnable task) {
      inner.execute(new Decorated(task));
    }
  }

  private record Decorated(Runnable task) implements Runnable {
    @Override
    public void run() {
      if (SpanContext.current() == null) {
        throw new IllegalStateException("there always is one");
      }
      task.run();
    }
  }
}
