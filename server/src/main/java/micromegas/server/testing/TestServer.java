package micromegas.server.testing;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import micromegas.server.Micromegas;
import micromegas.server.client.QueryClient;
import micromegas.server.client.QueryOptions;
import micromegas.server.config.Configuration;
import org.apache.arrow.memory.RootAllocator;

/// A server with all roles in this process, on free ports of the loopback interface, and a client
/// that queries it: for tests of what applications send. Queries see what was acknowledged before.
///
/// ```java
/// try (TestServer server = TestServer.start(folder)) {
///   application.sendTo(server.ingestion());
///   assertThat(server.rows("SELECT level, msg FROM log_entries")).contains("4|order 7 placed");
/// }
/// ```
///
/// Thread-safe, except that no query may run while it is closed.
public final class TestServer implements AutoCloseable {
  private static final QueryOptions OPTIONS =
      new QueryOptions(Optional.empty(), Optional.empty(), OptionalLong.empty(), "test");

  private final Micromegas server;
  private final RootAllocator allocator;
  private final QueryClient client;

  private TestServer(Micromegas server, RootAllocator allocator, QueryClient client) {
    this.server = server;
    this.allocator = allocator;
    this.client = client;
  }

  /// Starts a server whose data are in a folder.
  public static TestServer start(Path folder) {
    return start(folder, Map.of());
  }

  /// Starts a server whose data are in a folder.
  ///
  /// @param settings more of them, by flag, such as `extensions`
  public static TestServer start(Path folder, Map<String, String> settings) {
    Map<String, String> all =
        new HashMap<>(
            Map.of(
                "data-dir", folder.toString(),
                "ingestion-address", "127.0.0.1:0",
                "otlp-grpc-address", "127.0.0.1:0",
                "flight-address", "127.0.0.1:0",
                "memory", "512MiB"));
    all.putAll(settings);
    Micromegas server = Micromegas.start(Configuration.of(all), Map.of());
    RootAllocator allocator = new RootAllocator();
    try {
      String flight = "grpc://" + server.flightAddress().orElseThrow();
      return new TestServer(server, allocator, QueryClient.connect(flight, allocator));
    } catch (RuntimeException e) {
      allocator.close();
      server.close();
      throw e;
    }
  }

  /// Where applications send their telemetry, and OpenTelemetry over HTTP.
  public URI ingestion() {
    return URI.create("http://" + server.ingestionAddress().orElseThrow());
  }

  /// Where OpenTelemetry over gRPC goes.
  public URI otlpGrpc() {
    return URI.create("http://" + server.otlpGrpcAddress().orElseThrow());
  }

  /// A client of its queries, to be left open.
  public QueryClient client() {
    return client;
  }

  /// The rows of a query, as text: cells are separated by bars, absent ones are `null`.
  public List<String> rows(String sql) {
    List<String> rows = new ArrayList<>();
    client.query(
        sql,
        OPTIONS,
        batch -> {
          for (int i = 0; i < batch.getRowCount(); i++) {
            int row = i;
            rows.add(
                batch.getFieldVectors().stream()
                    .map(column -> String.valueOf(column.getObject(row)))
                    .collect(Collectors.joining("|")));
          }
          return true;
        });
    return rows;
  }

  /// The row of a query that has one.
  ///
  /// @throws IllegalStateException when it has none or several
  public String only(String sql) {
    List<String> rows = rows(sql);
    if (rows.size() != 1) {
      throw new IllegalStateException(rows.size() + " rows of " + sql + ": " + rows);
    }
    return rows.get(0);
  }

  @Override
  public void close() {
    client.close();
    allocator.close();
    server.close();
  }
}
