package micromegas.query.duckdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Collectors;
import micromegas.common.MicromegasException;
import micromegas.common.TimeRange;
import micromegas.common.UnavailableException;
import micromegas.query.EngineSettings;
import micromegas.query.EventTimeColumns;
import micromegas.query.ExportRequest;
import micromegas.query.ExportResult;
import micromegas.query.QueryRequest;
import micromegas.query.QueryResult;
import micromegas.query.Stages;
import micromegas.query.SubQueries;
import micromegas.query.plan.PlannedQuery;
import micromegas.query.plan.Planner;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/// Writes the rows of trusted SQL to a Parquet file, in the instance that may write.
final class Exporter {
  private final EngineParts engine;
  private final Planner planner;
  private final Upcalls upcalls;
  private final SubQueryStarter subQueries;
  private final BufferAllocator allocator;
  private final EngineSettings settings;

  /// Starts a query for an export.
  interface SubQueryStarter {
    QueryResult start(QueryRequest request, boolean materialize);
  }

  Exporter(
      EngineParts engine,
      Planner planner,
      Upcalls upcalls,
      SubQueryStarter subQueries,
      BufferAllocator allocator,
      EngineSettings settings) {
    this.engine = engine;
    this.planner = planner;
    this.upcalls = upcalls;
    this.subQueries = subQueries;
    this.allocator = allocator;
    this.settings = settings;
  }

  ExportResult export(ExportRequest request) {
    try (PlannedQuery plan =
            planner.plan(
                new Planner.Job(
                    request.sql(),
                    request.catalog(),
                    TimeRange.ALL,
                    OptionalLong.empty(),
                    true,
                    queries(request)));
        Supervisor.Lease lease = engine.supervisor().connect()) {
      QueryRun run = new QueryRun(lease.connection(), settings.defaultLimits().timeout());
      engine.watchdog().watch(run);
      try (Upcalls.Registration registration = upcalls.register(plan, run, allocator)) {
        String sql = plan.sql(registration.handles());
        return engine
            .threads()
            .run(plan.callsBack(), () -> write(request, sql, lease, run), run::cancel);
      } finally {
        engine.watchdog().forget(run);
      }
    } catch (MicromegasException e) {
      throw Stages.label(e, Stages.STARTING);
    }
  }

  private SubQueries queries(ExportRequest request) {
    QueryRequest query =
        new QueryRequest(
            UUID.randomUUID(),
            request.sql(),
            TimeRange.ALL,
            OptionalLong.empty(),
            request.catalog(),
            settings.defaultLimits());
    return (sql, range) -> subQueries.start(query.withSql(sql, range), true);
  }

  private ExportResult write(
      ExportRequest request, String sql, Supervisor.Lease lease, QueryRun run) {
    NativeConnection connection = lease.connection();
    run.enterCall();
    try {
      Schema schema = describe(connection, sql);
      String path = request.target().toAbsolutePath().toString();
      long rows =
          firstLong(
              connection,
              "COPY ("
                  + storable(sql, schema)
                  + ") TO '"
                  + path.replace("'", "''")
                  + "' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE "
                  + request.rowGroupRows()
                  + ")");
      if (rows == 0) {
        Files.deleteIfExists(request.target());
        return new ExportResult(0, Optional.empty(), 0);
      }
      return new ExportResult(
          rows,
          request.eventTime().flatMap(columns -> bounds(connection, path, columns)),
          Files.size(request.target()));
    } catch (MicromegasException e) {
      discard(request.target(), e);
      throw e;
    } catch (IOException e) {
      discard(request.target(), e);
      throw new UnavailableException("writing " + request.target().getFileName(), e);
    } catch (RuntimeException e) {
      discard(request.target(), e);
      throw engine.failure(e, lease.instance(), run);
    } finally {
      run.leaveCall();
    }
  }

  private static void discard(Path target, Exception failure) {
    try {
      Files.deleteIfExists(target);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private Schema describe(NativeConnection connection, String sql) throws IOException {
    try (ArrowReader reader =
        connection.query("SELECT * FROM (" + sql + ") LIMIT 0", 1, allocator)) {
      return reader.getVectorSchemaRoot().getSchema();
    }
  }

  /// Parquet has no 128-bit integers: sums are stored as BIGINT, decimals as DOUBLE.
  private static String storable(String sql, Schema schema) {
    List<String> casts = new ArrayList<>();
    for (Field field : schema.getFields()) {
      if (field.getType() instanceof ArrowType.Decimal decimal) {
        String name = '"' + field.getName().replace("\"", "\"\"") + '"';
        casts.add(
            "CAST("
                + name
                + (decimal.getScale() == 0 ? " AS BIGINT) AS " : " AS DOUBLE) AS ")
                + name);
      }
    }
    return casts.isEmpty()
        ? sql
        : casts.stream()
            .collect(Collectors.joining(", ", "SELECT * REPLACE (", ") FROM (" + sql + ")"));
  }

  private long firstLong(NativeConnection connection, String sql) throws IOException {
    try (ArrowReader reader = connection.query(sql, 1, allocator)) {
      return reader.loadNextBatch()
          ? ((BigIntVector) reader.getVectorSchemaRoot().getVector(0)).get(0)
          : 0;
    }
  }

  /// Reads the two columns back: the file has just been written, so they are in memory, and
  /// statistics in its footer answer `min` and `max` where they can.
  private Optional<TimeRange> bounds(
      NativeConnection connection, String path, EventTimeColumns columns) {
    String sql =
        "SELECT CAST(min("
            + identifier(columns.min())
            + ") AS BIGINT), CAST(max("
            + identifier(columns.max())
            + ") AS BIGINT) FROM read_parquet('"
            + path.replace("'", "''")
            + "')";
    try (ArrowReader reader = connection.query(sql, 1, allocator)) {
      if (!reader.loadNextBatch()) {
        return Optional.empty();
      }
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      BigIntVector min = (BigIntVector) root.getVector(0);
      BigIntVector max = (BigIntVector) root.getVector(1);
      return min.isNull(0) || max.isNull(0)
          ? Optional.empty()
          : Optional.of(TimeRange.between(min.get(0), max.get(0)));
    } catch (IOException e) {
      throw EngineErrors.unwrap(e);
    }
  }

  private static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
