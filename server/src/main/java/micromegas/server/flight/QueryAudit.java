package micromegas.server.flight;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes one JSON object per query to the log target `flightsql_query_audit`, exactly once, with
/// the keys of the reference server.
final class QueryAudit {
  private static final Logger LOG = LoggerFactory.getLogger("flightsql_query_audit");
  private static final double NANOS_PER_MILLI = 1e6;

  private final UUID queryId;
  private final String sql;
  private CallHeaders headers;
  private final long startNanos = System.nanoTime();
  private long setupNanos = -1;

  QueryAudit(UUID queryId, String sql, CallHeaders headers) {
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

  void succeeded(long rows) {
    write("ok", null, rows);
  }

  /// The client went away.
  void incomplete(long rows) {
    write("incomplete", null, rows);
  }

  void failed(StatusRuntimeException status, long rows) {
    write("error", status.getStatus(), rows);
  }

  private void write(String outcome, @Nullable Status error, long rows) {
    if (!LOG.isInfoEnabled()) {
      return;
    }
    long total = System.nanoTime() - startNanos;
    long setup = setupNanos < 0 ? total : setupNanos;
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
    json.put("status", outcome);
    if (error != null) {
      json.put("error", String.valueOf(error.getDescription()));
      json.put("error_class", errorClass(error.getCode()));
    }
    json.put("output_rows", rows);
    LOG.info("{}", json);
  }

  private static String errorClass(Status.Code code) {
    return switch (code) {
      case INVALID_ARGUMENT, NOT_FOUND, UNIMPLEMENTED -> "user";
      case RESOURCE_EXHAUSTED -> "resource";
      default -> "internal";
    };
  }
}
