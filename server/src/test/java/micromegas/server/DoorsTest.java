package micromegas.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import micromegas.common.UnavailableException;
import micromegas.ingestion.Door;
import micromegas.lake.metadata.ConnectionString;
import micromegas.lake.testkit.TestPostgres;
import micromegas.server.config.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which doors a server opens, and what it says of one that it cannot open.
class DoorsTest {
  @TempDir static Path folder;

  private static ConnectionString postgres;

  @BeforeAll
  static void createDatabase() throws Exception {
    postgres = TestPostgres.emptyConnectionString();
  }

  @Test
  void openTelemetryOverGrpcCanBeSwitchedOff() throws Exception {
    try (Micromegas server = start(Map.of("otlp-grpc-address", "off"));
        HttpClient client = HttpClient.newHttpClient()) {
      assertThat(server.otlpGrpcAddress()).isEmpty();
      URI logs = URI.create("http://" + server.ingestionAddress().orElseThrow() + "/v1/logs");

      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(logs)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString("{\"resourceLogs\":7}"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(server.ingestionMetrics().orElseThrow().rejectedBy())
          .containsEntry(Door.OTLP_HTTP, 1L)
          .containsEntry(Door.OTLP_GRPC, 0L);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ingestion-address", "otlp-grpc-address"})
  void anAddressThatIsTakenIsNamedWithItsSetting(String setting) throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String address = "127.0.0.1:" + other.getLocalPort();
      assertThatThrownBy(() -> start(Map.of(setting, address)).close())
          .isInstanceOf(UnavailableException.class)
          .hasMessageStartingWith(setting + ": cannot listen on " + address);
    }
    // What had been opened before is closed again.
    start(Map.of()).close();
  }

  private static Micromegas start(Map<String, String> settings) {
    Map<String, String> flags =
        new HashMap<>(
            Map.of(
                "data-dir", folder.toString(),
                "sql-connection-string",
                    "%s?user=%s&password=%s"
                        .formatted(
                            postgres.jdbcUrl(),
                            postgres.user().orElseThrow(),
                            postgres.password().orElseThrow()),
                "object-store-uri", folder.resolve("objects").toUri().toString(),
                "ingestion-address", "127.0.0.1:0",
                "otlp-grpc-address", "127.0.0.1:0",
                "roles", "ingestion",
                "memory", "256MiB"));
    flags.putAll(settings);
    return Micromegas.start(Configuration.of(flags), Map.of());
  }
}
