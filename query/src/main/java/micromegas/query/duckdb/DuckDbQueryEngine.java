package micromegas.query.duckdb;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import micromegas.common.MicromegasException;
import micromegas.common.UnavailableException;
import micromegas.query.EngineSettings;
import micromegas.query.ExportRequest;
import micromegas.query.ExportResult;
import micromegas.query.QueryDescription;
import micromegas.query.QueryEngine;
import micromegas.query.QueryLimits;
import micromegas.query.QueryRequest;
import micromegas.query.QueryResult;
import micromegas.query.Stages;
import micromegas.query.plan.PlannedQuery;
import micromegas.query.plan.Planner;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;

/// The query engine on an embedded DuckDB: one instance that users' SQL runs in, one for exports.
/// Thread-safe.
public final class DuckDbQueryEngine implements QueryEngine {
  private static final int BATCH_ROWS = 8_192;

  private final NativeApi api;
  private final BufferAllocator allocator;
  private final NativeThreads threads;
  private final Watchdog watchdog;
  private final Supervisor queries;
  private final MemoryGuard memory;
  private final Supervisor exports;
  private final ParserPool parsers;
  private final Planner planner;
  private final EngineParts queryParts;
  private final Exporter exporter;

  private DuckDbQueryEngine(EngineSettings settings, BufferAllocator parent, Clock clock) {
    this.api = new NativeApi(settings.libraryDirectory());
    this.allocator = parent.newChildAllocator("query-engine", 0, Long.MAX_VALUE);
    this.threads = new NativeThreads(settings.nativeCalls());
    this.watchdog = new Watchdog();
    this.queries = new Supervisor(() -> new EngineInstance(api, settings, true, allocator));
    this.memory = new MemoryGuard(queries, allocator);
    this.exports = new Supervisor(() -> new EngineInstance(api, settings, false, allocator));
    this.parsers = new ParserPool(queries, threads, allocator);
    this.planner = new Planner(parsers, clock);
    this.queryParts = new EngineParts(queries, threads, watchdog);
    this.exporter =
        new Exporter(new EngineParts(exports, threads, watchdog), planner, allocator, settings);
  }

  /// Loads the native library and starts the engine.
  ///
  /// @param allocator parent of all Arrow memory; stays open
  /// @throws UnavailableException when the library does not suit this platform, or a folder of the
  ///   settings cannot be made
  public static DuckDbQueryEngine open(EngineSettings settings, BufferAllocator allocator) {
    try {
      Files.createDirectories(settings.tempDirectory());
      for (var directory : settings.allowedDirectories()) {
        Files.createDirectories(directory);
      }
    } catch (IOException e) {
      throw new UnavailableException("cannot create the folders of the query engine", e);
    }
    return new DuckDbQueryEngine(settings, allocator, Clock.systemUTC());
  }

  @Override
  public QueryResult query(QueryRequest request) {
    return start(request, request.limit(), true);
  }

  @Override
  public QueryDescription describe(QueryRequest request) {
    try (QueryResult result = start(request, OptionalLong.of(0), false)) {
      return new QueryDescription(result.schema(), result.dictionaryColumns());
    }
  }

  private QueryResult start(QueryRequest request, OptionalLong limit, boolean materialize) {
    try {
      PlannedQuery plan;
      try {
        plan =
            planner.plan(
                new Planner.Job(
                    request.sql(), request.catalog(), request.range(), limit, materialize));
      } catch (MicromegasException e) {
        throw Stages.label(e, Stages.PLANNING);
      }
      return start(request, plan);
    } catch (MicromegasException e) {
      throw Stages.label(e, Stages.PLANNING, request.queryId());
    }
  }

  private QueryResult start(QueryRequest request, PlannedQuery plan) {
    BufferAllocator own =
        allocator.newChildAllocator("query-" + request.queryId(), 0, Long.MAX_VALUE);
    List<AutoCloseable> opened = new ArrayList<>(List.of(own, plan));
    try {
      long spillBytes = request.limits().spillBytes();
      Optional<Supervisor.Lease> used = queries.reuse(spillBytes);
      Supervisor.Lease lease = used.orElseGet(queries::connect);
      opened.addFirst(lease);
      QueryRun run =
          new QueryRun(
              lease.connection(), request.limits().timeout(), request.limits().memoryBytes());
      watchdog.watch(run);
      opened.addFirst(() -> watchdog.forget(run));
      memory.watch(run);
      opened.addFirst(() -> memory.forget(run));
      return threads.run(
          () -> execute(request, plan, lease, used.isEmpty(), run, own), run::cancel);
    } catch (RuntimeException | Error e) {
      FunctionScans.closeAll(opened, e);
      throw e;
    }
  }

  private RunningQuery execute(
      QueryRequest request,
      PlannedQuery plan,
      Supervisor.Lease lease,
      boolean isNew,
      QueryRun run,
      BufferAllocator own) {
    run.enterCall();
    try {
      if (isNew) {
        configure(lease.connection(), request.limits(), own);
      }
      String sql = FunctionScans.inline(plan.sql(), plan.functionScans(), own);
      ArrowReader reader = lease.connection().query(sql, BATCH_ROWS, own);
      return new RunningQuery(
          queryParts, memory, request.queryId(), plan, lease, run, reader, own, request.limits());
    } catch (MicromegasException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw queryParts.failure(e, lease.instance(), run);
    } finally {
      run.leaveCall();
    }
  }

  /// The only settings that the lock leaves open, and only to us: users' SQL has no SET. Without a
  /// progress bar, which is never printed, the engine does not count progress.
  private static void configure(
      NativeConnection connection, QueryLimits limits, BufferAllocator allocator)
      throws IOException {
    connection.execute(
        "SET SESSION operator_memory_limit = '" + limits.spillBytes() + "B'", allocator);
    connection.execute("SET SESSION enable_progress_bar = true", allocator);
    connection.execute("SET SESSION enable_progress_bar_print = false", allocator);
  }

  @Override
  public ExportResult export(ExportRequest request) {
    return exporter.export(request);
  }

  /// For tests that break an instance on purpose.
  Supervisor queries() {
    return queries;
  }

  NativeApi api() {
    return api;
  }

  @Override
  public void close() {
    watchdog.close();
    memory.close();
    parsers.close();
    queries.close();
    exports.close();
    threads.close();
    allocator.close();
  }
}
