package micromegas.lakehouse.materialize;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// A few platform threads that work on the job that was begun first: what is begun gets finished,
/// and its memory is free, before something new is touched. Thread-safe.
final class OldestFirst implements AutoCloseable {
  private final ExecutorService threads;
  private final AtomicLong jobs = new AtomicLong();

  OldestFirst(int count, String name) {
    threads =
        new ThreadPoolExecutor(
            count,
            count,
            0,
            TimeUnit.SECONDS,
            new PriorityBlockingQueue<>(),
            Thread.ofPlatform().daemon().name(name, 0).factory());
  }

  /// Where all tasks of a new job go; younger than every job so far.
  Executor job() {
    long number = jobs.getAndIncrement();
    return task -> threads.execute(new Ranked(number, task));
  }

  /// Waits for the tasks.
  @Override
  public void close() {
    threads.close();
  }

  private record Ranked(long job, Runnable task) implements Runnable, Comparable<Ranked> {
    @Override
    public int compareTo(Ranked other) {
      return Long.compare(job, other.job);
    }

    @Override
    public void run() {
      task.run();
    }
  }
}
