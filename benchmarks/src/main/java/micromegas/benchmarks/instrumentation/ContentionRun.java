package micromegas.benchmarks.instrumentation;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// One [Contender] written by 1, 2, 4 and 8 threads at once: processor time of the writers per
/// event, which counts what waiting for a lock costs them, and wall time per event of all together.
final class ContentionRun {
  /// Words of the result for each number of threads.
  static final int WORDS = 3;

  static final List<Integer> THREADS = List.of(1, 2, 4, 8);
  private static final int EVENTS = 800_000;
  private static final int WARM_UP = 3;
  private static final int SAMPLES = 5;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final Operation.Prepared prepared;

  private ContentionRun(Operation.Prepared prepared) {
    this.prepared = prepared;
  }

  /// Nanoseconds per event.
  ///
  /// @param processor of the writers
  /// @param wall of all writers together
  record Cost(double processor, double wall) {}

  /// Prints for each number of threads: processor time, wall time, and how many events of a million
  /// were lost because a thread lost its processor while it wrote.
  ///
  /// @param arguments name of the contender
  public static void main(String[] arguments) throws InterruptedException, ExecutionException {
    Operation.Prepared prepared = Contender.valueOf(arguments[0]).prepare();
    ContentionRun run = new ContentionRun(prepared);
    StringBuilder line = new StringBuilder("contention");
    for (int writers : THREADS) {
      long before = OwnOperations.lost();
      Cost cost = run.measure(writers);
      double lost = 1e6 * (OwnOperations.lost() - before) / ((WARM_UP + SAMPLES) * (double) EVENTS);
      line.append(
          String.format(Locale.ROOT, " %.3f %.3f %.3f", cost.processor(), cost.wall(), lost));
    }
    prepared.check().run();
    System.out.println(line);
    System.exit(0);
  }

  private Cost measure(int writers) throws InterruptedException, ExecutionException {
    Cost best = new Cost(Double.MAX_VALUE, Double.MAX_VALUE);
    try (ExecutorService pool = Executors.newFixedThreadPool(writers)) {
      for (int i = 0; i < WARM_UP + SAMPLES; i++) {
        Cost cost = sample(pool, writers);
        if (i >= WARM_UP) {
          best =
              new Cost(
                  Math.min(best.processor(), cost.processor()), Math.min(best.wall(), cost.wall()));
        }
        prepared.between().run();
      }
    }
    return best;
  }

  private Cost sample(ExecutorService pool, int writers)
      throws InterruptedException, ExecutionException {
    CountDownLatch ready = new CountDownLatch(writers);
    CountDownLatch go = new CountDownLatch(1);
    Callable<Long> writer =
        () -> {
          ready.countDown();
          go.await();
          long before = threads.getCurrentThreadCpuTime();
          prepared.task().run(EVENTS / writers);
          return threads.getCurrentThreadCpuTime() - before;
        };
    List<Future<Long>> results = new ArrayList<>();
    for (int i = 0; i < writers; i++) {
      results.add(pool.submit(writer));
    }
    ready.await();
    long begin = System.nanoTime();
    go.countDown();
    long processor = 0;
    for (Future<Long> result : results) {
      processor += result.get();
    }
    return new Cost((double) processor / EVENTS, (double) (System.nanoTime() - begin) / EVENTS);
  }
}
