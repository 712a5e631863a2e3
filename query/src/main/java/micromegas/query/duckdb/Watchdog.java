package micromegas.query.duckdb;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Looks after all running queries on one thread: time limits, and requests to stop that have to be
/// repeated.
final class Watchdog implements AutoCloseable {
  private static final long PERIOD_MILLIS = 10;

  private final Set<QueryRun> runs = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService timer;

  Watchdog() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("query-watchdog").factory());
    executor.scheduleAtFixedRate(this::tick, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    this.timer = executor;
  }

  private void tick() {
    long now = System.nanoTime();
    for (QueryRun run : runs) {
      run.tick(now);
    }
  }

  void watch(QueryRun run) {
    runs.add(run);
  }

  void forget(QueryRun run) {
    runs.remove(run);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
