package micromegas.server.flight;

import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import micromegas.query.QueryUse;

/// The counters behind [QueryMetrics]. Thread-safe.
final class QueryCounters {
  private final LongAdder completed = new LongAdder();
  private final LongAdder incomplete = new LongAdder();
  private final LongAdder failedUser = new LongAdder();
  private final LongAdder failedResource = new LongAdder();
  private final LongAdder failedInternal = new LongAdder();
  private final LongAdder rows = new LongAdder();
  private final LongAdder planningNanos = new LongAdder();
  private final LongAdder totalNanos = new LongAdder();
  private final LongAccumulator peakMemoryBytes = new LongAccumulator(Math::max, 0);
  private final LongAdder spilledBytes = new LongAdder();

  /// Counts one query that has ended.
  void ended(QueryOutcome outcome, long rowsSent, long planning, long total, QueryUse use) {
    LongAdder counter =
        switch (outcome) {
          case OK -> completed;
          case INCOMPLETE -> incomplete;
          case USER_ERROR -> failedUser;
          case RESOURCE_ERROR -> failedResource;
          case INTERNAL_ERROR -> failedInternal;
        };
    counter.increment();
    rows.add(rowsSent);
    planningNanos.add(planning);
    totalNanos.add(total);
    peakMemoryBytes.accumulate(use.peakMemoryBytes());
    spilledBytes.add(use.spilledBytes());
  }

  QueryMetrics snapshot() {
    return new QueryMetrics(
        completed.sum(),
        incomplete.sum(),
        failedUser.sum(),
        failedResource.sum(),
        failedInternal.sum(),
        rows.sum(),
        planningNanos.sum(),
        totalNanos.sum(),
        peakMemoryBytes.get(),
        spilledBytes.sum());
  }
}
