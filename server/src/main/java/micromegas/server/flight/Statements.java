package micromegas.server.flight;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import micromegas.common.TimeRange;
import micromegas.query.QueryDescription;
import micromegas.query.QueryEngine;
import micromegas.query.QueryRequest;
import micromegas.query.QueryResult;
import micromegas.query.TableCatalog;
import org.apache.arrow.vector.types.pojo.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Describes and runs the SQL of one call. Thread-safe.
final class Statements {
  private static final Logger LOG = LoggerFactory.getLogger(Statements.class);

  private final QueryEngine engine;
  private final TableCatalog catalog;
  private final FlightSettings settings;

  Statements(QueryEngine engine, TableCatalog catalog, FlightSettings settings) {
    this.engine = engine;
    this.catalog = catalog;
    this.settings = settings;
  }

  /// The schema of the stream that would follow, under the same headers.
  Schema resultSchema(String sql, CallHeaders headers) {
    QueryDescription description = describe(sql, headers.range(), headers.rowLimit());
    return ResultSchemas.withDictionaries(
        description.schema(),
        headers.preserveDictionary() ? description.dictionaryColumns() : Set.of());
  }

  /// The schema of a prepared statement, which keeps its dictionary types and sees no range.
  Schema preparedSchema(String sql) {
    QueryDescription description = describe(sql, TimeRange.ALL, OptionalLong.empty());
    return ResultSchemas.withDictionaries(description.schema(), description.dictionaryColumns());
  }

  private QueryDescription describe(String sql, TimeRange range, OptionalLong limit) {
    UUID queryId = UUID.randomUUID();
    try {
      return engine.describe(
          new QueryRequest(queryId, sql, range, limit, catalog, settings.limits()));
    } catch (RuntimeException e) {
      throw logged(FlightErrors.ofQuery(e, "error building dataframe", queryId), sql);
    }
  }

  /// Runs the query and streams its rows until the end, an error, or the client's leaving. Blocks;
  /// never throws.
  void run(String sql, CallHeaders headers, FrameSink sink) {
    UUID queryId = UUID.randomUUID();
    QueryAudit audit = new QueryAudit(queryId, sql, headers);
    long rows = 0;
    String stage = "error building dataframe";
    try {
      // While there is no result to cancel, an interrupt ends waiting for partitions.
      Thread thread = Thread.currentThread();
      sink.whenCancelled(thread::interrupt);
      TimeRange range = headers.range();
      OptionalLong limit = headers.rowLimit();
      try (QueryResult result =
          engine.query(new QueryRequest(queryId, sql, range, limit, catalog, settings.limits()))) {
        sink.whenCancelled(result::cancel);
        audit.planned();
        stage = "error building data stream";
        BatchSender sender =
            new BatchSender(
                sink,
                headers.preserveDictionary() ? result.dictionaryColumns() : Set.of(),
                settings.targetBatchBytes());
        try {
          sender.sendSchema(result.schema());
          while (result.next()) {
            sender.send(result.root());
          }
        } finally {
          rows = sender.rowsSent();
        }
      }
      sink.complete();
      audit.succeeded(rows);
    } catch (CancellationException e) {
      audit.incomplete(rows);
    } catch (Throwable e) {
      if (sink.isCancelled()) {
        audit.incomplete(rows);
        return;
      }
      StatusRuntimeException status = logged(FlightErrors.ofQuery(e, stage, queryId), sql);
      sink.fail(status);
      audit.failed(status, rows);
    }
  }

  private static StatusRuntimeException logged(StatusRuntimeException status, String sql) {
    if (status.getStatus().getCode() == Status.Code.INTERNAL) {
      LOG.error("{}; sql: {}", status.getStatus().getDescription(), sql, status.getCause());
    }
    return status;
  }
}
