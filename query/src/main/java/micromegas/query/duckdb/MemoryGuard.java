package micromegas.query.duckdb;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches what queries take, and ends those that take more memory than they may. The engine counts
/// memory of the instance, not of a query, so what [micromegas.query.QueryLimits#memoryBytes] means
/// is this: when the instance uses more than all its running queries of more than a second may use
/// together (all running queries if there are none), the one that has run longest is ended. For a
/// query that runs alone that is its own use.
final class MemoryGuard implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MemoryGuard.class);
  private static final long PERIOD_MILLIS = 50;
  private static final long SHORT_NANOS = 1_000_000_000L;

  /// Caches of files are given up by themselves when memory is wanted.
  private static final String USED =
      """
      SELECT CAST(sum(memory_usage_bytes)
               FILTER (WHERE tag NOT IN ('EXTERNAL_FILE_CACHE', 'OBJECT_CACHE')) AS BIGINT),
             CAST(sum(temporary_storage_bytes) AS BIGINT)
      FROM duckdb_memory()
      """;

  /// Of the instance, at one moment.
  private record Use(long memoryBytes, long spilledBytes) {}

  private final Supervisor supervisor;
  private final BufferAllocator allocator;
  private final Set<QueryRun> runs = ConcurrentHashMap.newKeySet();
  private final ScheduledThreadPoolExecutor timer;
  private Supervisor.@Nullable Lease lease;

  MemoryGuard(Supervisor supervisor, BufferAllocator allocator) {
    this.supervisor = supervisor;
    this.allocator = allocator;
    this.timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("query-memory").factory());
    var unused =
        timer.scheduleWithFixedDelay(
            this::tick, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  void watch(QueryRun run) {
    runs.add(run);
  }

  void forget(QueryRun run) {
    runs.remove(run);
  }

  private void tick() {
    try {
      List<QueryRun> open = List.copyOf(runs);
      if (!open.isEmpty()) {
        Use use = use();
        open.forEach(run -> run.observe(use.memoryBytes(), use.spilledBytes()));
        excessive(open, use.memoryBytes(), System.nanoTime())
            .ifPresent(run -> run.stopForMemory(use.memoryBytes()));
      }
    } catch (RuntimeException | java.io.IOException e) {
      // The next sample is a new try, on a new connection.
      LOG.debug("cannot tell how much memory the engine uses", e);
      closeLease();
    }
  }

  /// The query to end when the instance uses `used` bytes, if any.
  static Optional<QueryRun> excessive(List<QueryRun> open, long used, long nowNanos) {
    List<QueryRun> longer =
        open.stream().filter(run -> nowNanos - run.startNanos() >= SHORT_NANOS).toList();
    List<QueryRun> counted = longer.isEmpty() ? open : longer;
    long allowed = 0;
    for (QueryRun run : counted) {
      allowed =
          run.memoryBytes() > Long.MAX_VALUE - allowed
              ? Long.MAX_VALUE
              : allowed + run.memoryBytes();
    }
    if (used <= allowed) {
      return Optional.empty();
    }
    // One that waits for its client holds little; one that works may be the cause.
    return counted.stream()
        .min(
            Comparator.comparing((QueryRun run) -> !run.isInCall())
                .thenComparingLong(QueryRun::startNanos));
  }

  private Use use() throws java.io.IOException {
    Supervisor.Lease current = lease;
    if (current == null || current.instance().isRetired()) {
      closeLease();
      current = supervisor.connect();
      lease = current;
    }
    try (ArrowReader reader = current.connection().query(USED, 1, allocator)) {
      if (!reader.loadNextBatch()) {
        throw new EngineException("the engine does not tell what it uses");
      }
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      return new Use(
          ((BigIntVector) root.getVector(0)).get(0), ((BigIntVector) root.getVector(1)).get(0));
    }
  }

  private void closeLease() {
    if (lease != null) {
      lease.close();
      lease = null;
    }
  }

  @Override
  public void close() {
    timer.execute(this::closeLease);
    timer.shutdown();
    try {
      boolean unused = timer.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
