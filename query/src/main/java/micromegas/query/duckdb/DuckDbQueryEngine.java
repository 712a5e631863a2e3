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
import org.apache.arrow.vector.types.pojo.ArrowType;

/// The query engine on an embedded DuckDB: one instance that users' SQL runs in, one for exports.
/// Thread-safe.
public final class DuckDbQueryEngine implements QueryEngine {
  /// Rows of the engine's batches.
  private static final int BATCH_ROWS = 8_192;

  /// The same where a column of a table has binary values of any size, such as images: 8,192 of
  /// them may exceed the 2 GiB that a column of a batch can have. The engine takes the number
  /// before it knows the rows.
  private static final int LARGE_VALUE_BATCH_ROWS = 64;

  private final NativeApi api;
  private final BufferAllocator allocator;
  private final BatchMemory batchMemory;
  private final NativeThreads threads;
  private final Upcalls upcalls = new Upcalls();
  private final Watchdog watchdog;
  private final Supervisor queries;
  private final MemoryGuard memory;
  private final Supervisor exports;
  private final ParserPool parsers;
  private final Planner planner;
  private final EngineParts queryParts;
  private final Exporter exporter;

  private DuckDbQueryEngine(
      EngineSettings settings, BufferAllocator parent, long batchBytes, Clock clock) {
    this.api = new NativeApi(settings.libraryDirectory());
    this.allocator = parent.newChildAllocator("query-engine", 0, Long.MAX_VALUE);
    this.batchMemory = new BatchMemory(allocator, batchBytes);
    this.threads = new NativeThreads(settings.nativeCalls());
    this.watchdog = new Watchdog();
    this.queries =
        new Supervisor(() -> new EngineInstance(api, settings, true, upcalls, allocator));
    this.memory = new MemoryGuard(queries, allocator);
    this.exports =
        new Supervisor(() -> new EngineInstance(api, settings, false, upcalls, allocator));
    this.parsers = new ParserPool(queries, threads, allocator);
    this.planner = new Planner(parsers, clock);
    this.queryParts = new EngineParts(queries, threads, watchdog);
    this.exporter =
        new Exporter(
            new EngineParts(exports, threads, watchdog),
            planner,
            upcalls,
            this::subQuery,
            allocator,
            settings);
  }

  /// Loads the native library and starts the engine.
  ///
  /// @param allocator parent of all Arrow memory; stays open
  /// @throws UnavailableException when the library does not suit this platform, or a folder of the
  ///   settings cannot be made
  public static DuckDbQueryEngine open(EngineSettings settings, BufferAllocator allocator) {
    return open(settings, allocator, Long.MAX_VALUE);
  }

  /// The same with a bound on the batches of all queries together that wait for their readers. A
  /// query that asks for its next batch while those of the others take more is ended with
  /// [micromegas.common.ResourceExhaustedException]; so the bound is exceeded by one batch at most.
  public static DuckDbQueryEngine open(
      EngineSettings settings, BufferAllocator allocator, long batchBytes) {
    try {
      Files.createDirectories(settings.tempDirectory());
      for (var directory : settings.allowedDirectories()) {
        Files.createDirectories(directory);
      }
    } catch (IOException e) {
      throw new UnavailableException("cannot create the folders of the query engine", e);
    }
    return new DuckDbQueryEngine(settings, allocator, batchBytes, Clock.systemUTC());
  }

  @Override
  public QueryResult query(QueryRequest request) {
    return start(request, request.limit(), true);
  }

  /// Starts a query for another one, which labels its errors.
  private QueryResult subQuery(QueryRequest request, boolean materialize) {
    QueryLimits limits = request.limits();
    QueryRequest unbounded =
        new QueryRequest(
            request.queryId(),
            request.sql(),
            request.range(),
            request.limit(),
            request.catalog(),
            new QueryLimits(
                limits.spillBytes(), limits.memoryBytes(), limits.timeout(), Long.MAX_VALUE));
    return start(unbounded, plan(unbounded, request.limit(), materialize), true);
  }

  @Override
  public QueryDescription describe(QueryRequest request) {
    try (QueryResult result = start(request, OptionalLong.of(0), false)) {
      return new QueryDescription(result.schema(), result.dictionaryColumns());
    }
  }

  private QueryResult start(QueryRequest request, OptionalLong limit, boolean materialize) {
    try {
      return start(request, plan(request, limit, materialize), false);
    } catch (MicromegasException e) {
      throw Stages.label(e, Stages.PLANNING, request.queryId());
    }
  }

  private PlannedQuery plan(QueryRequest request, OptionalLong limit, boolean materialize) {
    return planner.plan(
        new Planner.Job(
            request.sql(),
            request.catalog(),
            request.range(),
            limit,
            materialize,
            (sql, range) -> subQuery(request.withSql(sql, range), materialize)));
  }

  /// @param inner whether it runs for another query, which labels its errors
  private QueryResult start(QueryRequest request, PlannedQuery plan, boolean inner) {
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
      Upcalls.Registration registration = upcalls.register(plan, run, own);
      opened.addFirst(registration);
      RunningQuery.Parts parts =
          new RunningQuery.Parts(
              queryParts,
              memory,
              batchMemory,
              inner ? Optional.empty() : Optional.of(request.queryId()),
              plan,
              lease,
              run,
              registration,
              own,
              request.limits());
      return threads.run(plan.callsBack(), () -> execute(parts, used.isEmpty()), run::cancel);
    } catch (RuntimeException | Error e) {
      closeAll(opened, e);
      throw e;
    }
  }

  private static void closeAll(List<AutoCloseable> opened, Throwable failure) {
    for (AutoCloseable resource : opened) {
      try {
        resource.close();
      } catch (Exception e) {
        failure.addSuppressed(e);
      }
    }
  }

  private RunningQuery execute(RunningQuery.Parts parts, boolean isNew) {
    QueryRun run = parts.run();
    NativeConnection connection = parts.lease().connection();
    run.enterCall();
    try {
      if (isNew) {
        configure(connection, parts.limits(), parts.allocator());
      }
      String sql = parts.plan().sql(parts.upcalls().handles());
      return new RunningQuery(
          parts, connection.query(sql, batchRows(parts.plan()), parts.allocator()));
    } catch (MicromegasException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw queryParts.failure(e, parts.lease().instance(), run);
    } finally {
      run.leaveCall();
    }
  }

  private static int batchRows(PlannedQuery plan) {
    boolean large =
        plan.tableFields().values().stream()
            .anyMatch(field -> field.getType() instanceof ArrowType.Binary);
    return large ? LARGE_VALUE_BATCH_ROWS : BATCH_ROWS;
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

  MemoryGuard memory() {
    return memory;
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
