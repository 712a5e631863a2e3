package micromegas.query.duckdb;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import micromegas.common.BadRequestException;
import micromegas.query.plan.SqlParser;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.ipc.ArrowReader;

/// The engine's parser and printer as SQL functions, on a few connections that are kept. What was
/// parsed or printed before is remembered: both take about a millisecond.
final class ParserPool implements SqlParser, AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /// Idle connections that are kept; more are opened when more threads plan at once.
  private static final int KEPT = 8;

  private final Supervisor supervisor;
  private final NativeThreads threads;
  private final BufferAllocator allocator;
  private final ConcurrentLinkedQueue<Supervisor.Lease> idle = new ConcurrentLinkedQueue<>();
  private final AtomicInteger idleCount = new AtomicInteger();
  private final TextCache parsed = new TextCache();
  private final TextCache printed = new TextCache();

  ParserPool(Supervisor supervisor, NativeThreads threads, BufferAllocator allocator) {
    this.supervisor = supervisor;
    this.threads = threads;
    this.allocator = allocator;
  }

  @Override
  public ObjectNode parse(String sql) {
    Optional<String> known = parsed.get(sql);
    if (known.isPresent()) {
      return read(known.get());
    }
    String json = evaluate("SELECT json_serialize_sql(" + quote(sql) + ")");
    ObjectNode document = read(json);
    if (document.path("error").asBoolean()) {
      throw new BadRequestException(
          "SQL error: ParserError(\"" + document.path("error_message").asText() + "\")");
    }
    parsed.put(sql, json);
    return document;
  }

  @Override
  public String print(ObjectNode document) {
    try {
      String json = MAPPER.writeValueAsString(document);
      Optional<String> known = printed.get(json);
      if (known.isPresent()) {
        return known.get();
      }
      String sql = evaluate("SELECT json_deserialize_sql(CAST(" + quote(json) + " AS JSON))");
      printed.put(json, sql);
      return sql;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("writing a parsed statement", e);
    }
  }

  private static ObjectNode read(String json) {
    try {
      return (ObjectNode) MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("reading a parsed statement", e);
    }
  }

  private static String quote(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private String evaluate(String sql) {
    // Planning takes around a millisecond and is not interrupted.
    return threads.run(() -> evaluateHere(sql), () -> {});
  }

  private String evaluateHere(String sql) throws java.io.IOException {
    Supervisor.Lease lease = takeConnection();
    boolean healthy = false;
    try (ArrowReader reader = lease.connection().query(sql, 1, allocator)) {
      if (!reader.loadNextBatch()) {
        throw new EngineException("the parser gave no answer");
      }
      VarCharVector text = (VarCharVector) reader.getVectorSchemaRoot().getVector(0);
      healthy = true;
      return new String(text.get(0), java.nio.charset.StandardCharsets.UTF_8);
    } catch (RuntimeException | java.io.IOException e) {
      EngineException error = EngineErrors.unwrap(e);
      supervisor.report(lease.instance(), error);
      healthy = !error.isFatal();
      throw EngineErrors.map(error);
    } finally {
      giveBack(lease, healthy);
    }
  }

  private Supervisor.Lease takeConnection() {
    Supervisor.Lease lease;
    while ((lease = idle.poll()) != null) {
      idleCount.decrementAndGet();
      if (!lease.instance().isRetired()) {
        return lease;
      }
      lease.close();
    }
    return supervisor.connect();
  }

  private void giveBack(Supervisor.Lease lease, boolean healthy) {
    if (healthy && !lease.instance().isRetired() && idleCount.incrementAndGet() <= KEPT) {
      idle.add(lease);
    } else {
      if (healthy && !lease.instance().isRetired()) {
        idleCount.decrementAndGet();
      }
      lease.close();
    }
  }

  /// Closes the connections that are idle.
  @Override
  public void close() {
    Supervisor.Lease lease;
    while ((lease = idle.poll()) != null) {
      idleCount.decrementAndGet();
      lease.close();
    }
  }
}
