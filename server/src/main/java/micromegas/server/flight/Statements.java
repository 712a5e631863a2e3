package micromegas.server.flight;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Optional;
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
final class Statements implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Statements.class);
  private static final String PLANNING = "error building dataframe";
  private static final String STREAMING = "error building data stream";

  private final QueryEngine engine;
  private final TableCatalog catalog;
  private final FlightSettings settings;
  private final WaitingQueries waiting;
  private final QueryCounters counters = new QueryCounters();

  Statements(QueryEngine engine, TableCatalog catalog, FlightSettings settings) {
    this.engine = engine;
    this.catalog = catalog;
    this.settings = settings;
    this.waiting = new WaitingQueries(settings);
  }

  /// What GetFlightInfo answers.
  ///
  /// @param schema of the stream that follows, under the same headers
  /// @param ticket for [#run]
  record Offer(Schema schema, ByteString ticket) {}

  /// Starts the query, so that its rows are those of now, and keeps it for the DoGet.
  ///
  /// @throws StatusRuntimeException when the statement or its headers are wrong, or the client left
  Offer offer(ByteString statement, CallHeaders headers) {
    String sql = utf8(statement);
    QueryAudit audit = new QueryAudit(UUID.randomUUID(), sql, headers, counters);
    StartedQuery started;
    try {
      started = new StartedQuery(startWhileWanted(audit, headers), audit, headers);
    } catch (Throwable e) {
      if (Context.current().isCancelled()) {
        audit.incomplete(0);
        throw Status.CANCELLED.withDescription("the client left").withCause(e).asRuntimeException();
      }
      throw failed(audit, e, PLANNING, 0);
    }
    Schema schema =
        ResultSchemas.withDictionaries(
            started.result().schema(), dictionaryColumns(started.result(), headers));
    return new Offer(schema, Tickets.of(statement, waiting.add(started)));
  }

  /// Plans on this thread, which is interrupted when the client leaves.
  private QueryResult startWhileWanted(QueryAudit audit, CallHeaders headers) {
    Thread thread = Thread.currentThread();
    Context.CancellationListener interrupt = _ -> thread.interrupt();
    Context call = Context.current();
    call.addListener(interrupt, Runnable::run);
    try {
      return start(audit, headers);
    } finally {
      call.removeListener(interrupt);
    }
  }

  /// The schema of the stream that would follow, under the same headers. Nothing is started.
  Schema resultSchema(ByteString statement, CallHeaders headers) {
    QueryDescription description = describe(utf8(statement), headers.range(), headers.rowLimit());
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
      throw logged(FlightErrors.ofQuery(e, PLANNING, queryId), sql);
    }
  }

  /// Streams the rows of a query until the end, an error, or the client's leaving; the query is the
  /// one that waits under `offer`, or a new one. Blocks; fails through `sink` only, except for a
  /// statement that is not UTF-8.
  void run(ByteString statement, Optional<UUID> offer, CallHeaders headers, FrameSink sink) {
    Optional<StartedQuery> started = offer.flatMap(id -> waiting.take(id, headers));
    QueryAudit audit =
        started
            .map(StartedQuery::audit)
            .orElseGet(() -> new QueryAudit(UUID.randomUUID(), utf8(statement), headers, counters));
    audit.fetchedBy(headers);
    BatchSender sender = new BatchSender(sink, settings.targetBatchBytes());
    String stage = PLANNING;
    try {
      // While there is no result to cancel, an interrupt ends waiting for partitions.
      Thread thread = Thread.currentThread();
      sink.whenCancelled(thread::interrupt);
      try (QueryResult result =
          started.isPresent() ? started.get().result() : start(audit, headers)) {
        sink.whenCancelled(result::cancel);
        stage = STREAMING;
        try {
          sender.sendSchema(result.schema(), dictionaryColumns(result, headers));
          while (result.next()) {
            sender.send(result.root());
          }
        } finally {
          audit.used(result.use());
        }
      }
      sink.complete();
      audit.succeeded(sender.rowsSent());
    } catch (CancellationException e) {
      audit.incomplete(sender.rowsSent());
    } catch (Throwable e) {
      if (sink.isCancelled()) {
        audit.incomplete(sender.rowsSent());
        return;
      }
      sink.fail(failed(audit, e, stage, sender.rowsSent()));
    }
  }

  private QueryResult start(QueryAudit audit, CallHeaders headers) {
    QueryResult result =
        engine.query(
            new QueryRequest(
                audit.queryId(),
                audit.sql(),
                headers.range(),
                headers.rowLimit(),
                catalog,
                settings.limits()));
    audit.planned();
    return result;
  }

  private static Set<Integer> dictionaryColumns(QueryResult result, CallHeaders headers) {
    return headers.preserveDictionary() ? result.dictionaryColumns() : Set.of();
  }

  private static StatusRuntimeException failed(
      QueryAudit audit, Throwable error, String stage, long rows) {
    StatusRuntimeException status =
        logged(FlightErrors.ofQuery(error, stage, audit.queryId()), audit.sql());
    audit.failed(status, rows);
    return status;
  }

  private static StatusRuntimeException logged(StatusRuntimeException status, String sql) {
    if (status.getStatus().getCode() == Status.Code.INTERNAL) {
      LOG.error("{}; sql: {}", status.getStatus().getDescription(), sql, status.getCause());
    }
    return status;
  }

  static String utf8(ByteString bytes) {
    if (!bytes.isValidUtf8()) {
      throw new StatusRuntimeException(
          Status.INVALID_ARGUMENT.withDescription("Unable to parse query: not UTF-8"));
    }
    return bytes.toStringUtf8();
  }

  QueryMetrics metrics() {
    return counters.snapshot();
  }

  /// Ends the queries that wait for their DoGet.
  @Override
  public void close() {
    waiting.close();
  }
}
