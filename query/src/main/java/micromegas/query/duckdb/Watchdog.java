package micromegas.query.duckdb;

import java.time.Duration;
import java.util.List;

/// Looks after all running queries on one thread: time limits, and requests to stop that have to be
/// repeated.
final class Watchdog implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofMillis(10);

  private final Patrol<QueryRun> runs =
      new Patrol<>("query-watchdog", PERIOD, Watchdog::tick, () -> {});

  private static void tick(List<QueryRun> runs) {
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
    runs.close();
  }
}
