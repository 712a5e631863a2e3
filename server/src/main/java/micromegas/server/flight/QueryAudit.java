package micromegas.server.flight;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.UUID;
import micromegas.query.QueryUse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts each query, and writes one JSON object about it to the log target
/// `flightsql_query_audit`, exactly once, with the keys of the reference server.
final class QueryAudit {
  private static final Logger LOG = LoggerFactory.getLogger("flightsql_query_audit");
  private static final double NANOS_PER_MILLI = 1e6;

  private final UUID queryId;
  private final String sql;
  private CallHeaders headers;
  private final long startNanos = System.nanoTime();
  private final QueryCounters counters;
  private long setupNanos = -1;
  private QueryUse use = QueryUse.NONE;

  QueryAudit(UUID queryId, String sql, CallHeaders headers, QueryCounters counters) {
    this.counters = counters;
    this.queryId = queryId;
    this.sql = sql;
    this.headers = headers;
  }

  UUID queryId() {
    return queryId;
  }

  String sql() {
    return sql;
  }

  /// The call that gets the rows; what it says about its client counts.
  void fetchedBy(CallHeaders call) {
    headers = call;
  }

  /// Rows are about to flow.
  void planned() {
    setupNanos = System.nanoTime() - startNanos;
  }

  /// What the query took; asked for in the end.
  void used(QueryUse taken) {
    use = taken;
  }

  void succeeded(long rows) {
    end(QueryOutcome.OK, null, rows);
  }

  /// The client went away.
  void incomplete(long rows) {
    end(QueryOutcome.INCOMPLETE, null, rows);
  }

  void failed(StatusRuntimeException status, long rows) {
    end(QueryOutcome.ofError(status.getStatus().getCode()), status.getStatus(), rows);
  }

  private void end(QueryOutcome outcome, @Nullable Status error, long rows) {
    long total = System.nanoTime() - startNanos;
    long setup = setupNanos < 0 ? total : setupNanos;
    counters.ended(outcome, rows, setup, total, use);
    if (LOG.isInfoEnabled()) {
      LOG.info("{}", record(outcome, error, rows, setup, total));
    }
  }

  private ObjectNode record(
      QueryOutcome outcome, @Nullable Status error, long rows, long setup, long total) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("query_id", queryId.toString());
    json.put("client_ip", headers.clientAddress());
    CallHeaders.Labels labels = headers.labels();
    json.put("client", labels.type());
    json.put("agent", labels.agent());
    json.put("entrypoint", labels.entrypoint());
    labels.session().ifPresent(value -> json.put("session", value));
    labels.notebook().ifPresent(value -> json.put("notebook", value));
    labels.cell().ifPresent(value -> json.put("cell", value));
    json.put("user", labels.userId().orElse("unknown"));
    json.put("email", labels.userEmail().orElse("unknown"));
    labels.userName().ifPresent(value -> json.put("name", value));
    json.put("service_account", false);
    json.put("sql", sql);
    json.put("sql_hash", SqlFingerprint.of(sql));
    headers.rangeBegin().ifPresent(value -> json.put("range_begin", value));
    headers.rangeEnd().ifPresent(value -> json.put("range_end", value));
    headers.limit().ifPresent(value -> json.put("limit", value));
    json.put("planning_ms", setup / NANOS_PER_MILLI);
    json.put("execution_ms", (total - setup) / NANOS_PER_MILLI);
    json.put("setup_ms", setup / NANOS_PER_MILLI);
    json.put("total_ms", total / NANOS_PER_MILLI);
    json.put("status", outcome.status());
    if (error != null) {
      json.put("error", String.valueOf(error.getDescription()));
      json.put("error_class", outcome.errorClass());
    }
    json.put("output_rows", rows);
    json.put("peak_memory_bytes", use.peakMemoryBytes());
    json.put("spilled_bytes", use.spilledBytes());
    return json;
  }
}
