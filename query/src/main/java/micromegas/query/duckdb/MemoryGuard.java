package micromegas.query.duckdb;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches what queries take, and ends those that take more memory than they may
/// ([micromegas.query.QueryLimits#memoryBytes]). The engine counts memory of the instance, not of a
/// query; [MemoryAttribution] tells how much of it is whose. A query is ended when it is found to
/// hold clearly more than its own limit, or when the instance uses more than all queries together
/// may: then the one that exceeds its limit most. A query that runs alone is held to exactly its
/// limit.
final class MemoryGuard implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MemoryGuard.class);
  private static final Duration PERIOD = Duration.ofMillis(50);

  /// Estimates are not exact: a query is ended by its estimate alone only beyond this multiple of
  /// its limit.
  private static final double MARGIN = 1.25;

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
  private final MemoryAttribution<QueryRun> attribution = new MemoryAttribution<>();
  private final Patrol<QueryRun> runs;
  private Supervisor.@Nullable Lease lease;

  MemoryGuard(Supervisor supervisor, BufferAllocator allocator) {
    this.supervisor = supervisor;
    this.allocator = allocator;
    this.runs = new Patrol<>("query-memory", PERIOD, this::tick, this::closeLease);
  }

  /// How often it has looked.
  long samples() {
    return runs.rounds();
  }

  void watch(QueryRun run) {
    runs.add(run);
  }

  void forget(QueryRun run) {
    runs.remove(run);
  }

  private void tick(List<QueryRun> open) {
    try {
      Use use = use();
      open.forEach(run -> run.observe(use.memoryBytes(), use.spilledBytes()));
      List<QueryRun> working = open.stream().filter(QueryRun::isInCall).toList();
      attribution.sample(open, working, use.memoryBytes());
      excessive(open, attribution::held, use.memoryBytes())
          .ifPresent(run -> run.stopForMemory(use.memoryBytes()));
    } catch (RuntimeException | java.io.IOException e) {
      // The next sample is a new try, on a new connection.
      LOG.debug("cannot tell how much memory the engine uses", e);
      closeLease();
    }
  }

  /// The query to end when the instance uses `used` bytes, if any.
  ///
  /// @param held bytes that a query is estimated to hold
  static Optional<QueryRun> excessive(
      List<QueryRun> open, ToLongFunction<QueryRun> held, long used) {
    Optional<QueryRun> worst =
        open.stream()
            .filter(run -> run.memoryBytes() < Long.MAX_VALUE)
            .max(
                Comparator.comparingDouble((QueryRun run) -> excess(run, held))
                    .thenComparing(QueryRun::isInCall)
                    .thenComparing(Comparator.comparingLong(QueryRun::startNanos).reversed()));
    if (worst.isEmpty()) {
      return worst;
    }
    double allowed = open.stream().mapToDouble(QueryRun::memoryBytes).sum();
    boolean clear = excess(worst.get(), held) > MARGIN && used > worst.get().memoryBytes();
    return used > allowed || clear ? worst : Optional.empty();
  }

  /// How much of its memory a query holds; more than 1 is too much.
  private static double excess(QueryRun run, ToLongFunction<QueryRun> held) {
    return (double) held.applyAsLong(run) / run.memoryBytes();
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
    runs.close();
  }
}
