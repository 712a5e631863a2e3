package micromegas.query.duckdb;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import micromegas.common.MicromegasException;
import micromegas.common.ResourceExhaustedException;
import micromegas.query.QueryLimits;
import micromegas.query.QueryResult;
import micromegas.query.QueryUse;
import micromegas.query.Stages;
import micromegas.query.plan.PlannedQuery;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/// A started query. Owns its connection, its batches and the files that are pinned for it.
final class RunningQuery implements QueryResult {
  private final EngineParts engine;
  private final MemoryGuard memory;
  private final BatchMemory batchMemory;
  private final Optional<UUID> label;
  private final PlannedQuery plan;
  private final Supervisor.Lease lease;
  private final QueryRun run;
  private final Upcalls.Registration upcalls;
  private final ArrowReader reader;
  private final ResultBatches batches;
  private final BufferAllocator allocator;
  private final QueryLimits limits;
  private long rows;
  private volatile long peakBatchBytes;
  private boolean finished;
  private boolean closed;

  /// What a query is made of.
  ///
  /// @param label the query id for errors; empty for a query of another one, which labels them
  record Parts(
      EngineParts engine,
      MemoryGuard memory,
      BatchMemory batchMemory,
      Optional<UUID> label,
      PlannedQuery plan,
      Supervisor.Lease lease,
      QueryRun run,
      Upcalls.Registration upcalls,
      BufferAllocator allocator,
      QueryLimits limits) {}

  /// @param reader the engine's rows
  RunningQuery(Parts parts, ArrowReader reader) throws java.io.IOException {
    this.engine = parts.engine;
    this.memory = parts.memory;
    this.batchMemory = parts.batchMemory;
    this.label = parts.label;
    this.plan = parts.plan;
    this.lease = parts.lease;
    this.run = parts.run;
    this.upcalls = parts.upcalls;
    this.reader = reader;
    this.allocator = parts.allocator;
    this.limits = parts.limits;
    this.batches = new ResultBatches(reader.getVectorSchemaRoot().getSchema(), plan, allocator);
  }

  @Override
  public Schema schema() {
    return batches.root().getSchema();
  }

  @Override
  public Set<Integer> dictionaryColumns() {
    return plan.dictionaryColumns();
  }

  @Override
  public boolean next() {
    try {
      boolean more = engine.threads().run(plan.callsBack(), this::load, run::cancel);
      if (!more) {
        batches.root().setRowCount(0);
        finished = run.stopReason().isEmpty();
        return false;
      }
      rows += batches.root().getRowCount();
      if (rows > limits.maxRows()) {
        throw new ResourceExhaustedException(
            "the result has more rows than the limit (max rows) of " + limits.maxRows());
      }
      return true;
    } catch (MicromegasException e) {
      throw label.isPresent() ? Stages.label(e, Stages.STREAMING, label.get()) : e;
    }
  }

  private boolean load() {
    run.enterCall();
    try {
      if (run.stopReason().isPresent()) {
        throw run.stopReason().get();
      }
      // The last batch is held by both: neither counts against this query.
      batches.clear();
      reader.getVectorSchemaRoot().clear();
      batchMemory.requireRoom();
      // Batches without rows are not worth sending.
      while (reader.loadNextBatch()) {
        if (reader.getVectorSchemaRoot().getRowCount() > 0) {
          batches.load(reader.getVectorSchemaRoot());
          peakBatchBytes = allocator.getPeakMemoryAllocation();
          return true;
        }
      }
      return false;
    } catch (MicromegasException e) {
      throw e;
    } catch (java.io.IOException | RuntimeException e) {
      throw engine.failure(e, lease.instance(), run);
    } finally {
      run.leaveCall();
    }
  }

  @Override
  public VectorSchemaRoot root() {
    return batches.root();
  }

  @Override
  public double progress() {
    return lease.connection().progress();
  }

  @Override
  public QueryUse use() {
    return new QueryUse(Math.max(run.peakEngineBytes(), peakBatchBytes), run.peakSpilledBytes());
  }

  @Override
  public void cancel() {
    run.cancel();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    engine.threads().run(plan.callsBack(), this::release, () -> {});
  }

  private boolean release() {
    // An abandoned statement is interrupted first: closing its stream would wait for it.
    boolean reusable = finished;
    memory.forget(run);
    run.close(!reusable);
    try (BufferAllocator ownAllocator = allocator;
        PlannedQuery ownPlan = plan;
        AutoCloseable ownWatch = () -> engine.watchdog().forget(run);
        Upcalls.Registration ownUpcalls = upcalls;
        AutoCloseable ownConnection = () -> giveBack(reusable);
        ResultBatches ownBatches = batches) {
      reader.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw EngineErrors.map(EngineErrors.unwrap(e));
    }
    return true;
  }

  private void giveBack(boolean reusable) {
    if (reusable) {
      lease.instance().keep(lease.connection(), limits.spillBytes());
    } else {
      lease.close();
    }
  }
}
