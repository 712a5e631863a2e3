package micromegas.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import micromegas.common.BadRequestException;
import micromegas.common.ConflictException;
import micromegas.server.client.QueryClient;
import micromegas.server.client.QueryOptions;
import micromegas.server.config.Configuration;
import micromegas.server.demo.Shop;
import micromegas.server.demo.TelemetryClient;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A whole server on embedded defaults: what the Rust client sent once is sent again, and must be
/// answered as the reference answered.
class EndToEndTest {
  private static final QueryOptions WITHOUT_RANGE =
      new QueryOptions(Optional.empty(), Optional.empty(), OptionalLong.empty(), "test");

  @TempDir static Path folder;

  private static Micromegas server;
  private static RootAllocator allocator;
  private static QueryClient client;

  @BeforeAll
  static void serve() throws Exception {
    server = Micromegas.start(configuration(folder), Map.of());
    allocator = new RootAllocator();
    client = QueryClient.connect(flight(), allocator);
    assertThat(NativeReplay.send(ingestion())).isEqualTo(22);
  }

  @AfterAll
  static void stop() {
    client.close();
    allocator.close();
    server.close();
  }

  private static Configuration configuration(Path folder) {
    return Configuration.of(
        Map.of(
            "data-dir", folder.toString(),
            "ingestion-address", "127.0.0.1:0",
            "otlp-grpc-address", "127.0.0.1:0",
            "flight-address", "127.0.0.1:0",
            "memory", "512MiB"));
  }

  private static String ingestion() {
    return "http://" + server.ingestionAddress().orElseThrow();
  }

  private static String flight() {
    return "grpc://" + server.flightAddress().orElseThrow();
  }

  static Set<String> names() throws IOException {
    return NativeReplay.queries().keySet();
  }

  @ParameterizedTest
  @MethodSource("names")
  void answersAsTheReference(String name) throws IOException {
    Answer answer = ask(NativeReplay.queries().get(name));

    assertThat(answer.columns()).isEqualTo(NativeReplay.expected(name).columns());
    assertThat(answer.rows()).isEqualTo(NativeReplay.expected(name).rows());
  }

  @Test
  void sendingTheSameAgainChangesNothing() throws Exception {
    NativeReplay.send(ingestion());

    assertThat(ask(NativeReplay.queries().get("log_count")))
        .isEqualTo(NativeReplay.expected("log_count"));
  }

  @Test
  void seesWhatWasJustAcknowledged() {
    Shop shop = new Shop(java.util.UUID.randomUUID(), Instant.now().minusSeconds(600), 2, 20, 7);
    try (TelemetryClient telemetry = new TelemetryClient(URI.create(ingestion()))) {
      Shop.Sent sent = shop.run(telemetry);
      String process = shop.processId().toString();
      String count =
          "SELECT (SELECT count(*) FROM view_instance('log_entries', '%s'))"
              + " + (SELECT count(*) FROM view_instance('measures', '%s')) AS n";

      assertThat(ask(count.formatted(process, process)).rows())
          .containsExactly("{n=" + sent.events() + "}");
      assertThat(
              ask("SELECT sum(nb_objects) AS n FROM blocks WHERE process_id = '" + process + "'")
                  .rows())
          .containsExactly("{n=" + sent.events() + "}");
    }
  }

  @Test
  void rangeOfTheRequestFiltersRows() {
    QueryOptions longAgo =
        new QueryOptions(
            Optional.of(Instant.parse("2020-01-01T00:00:00Z")),
            Optional.of(Instant.parse("2020-01-02T00:00:00Z")),
            OptionalLong.empty(),
            "test");

    Answer answer =
        Answer.of(
            client,
            "SELECT msg FROM view_instance('log_entries', '" + NativeReplay.PROCESS + "')",
            longAgo);

    assertThat(answer.columns()).containsExactly("msg string");
    assertThat(answer.rows()).isEmpty();
  }

  @Test
  void errorsOfTheQueryAreTheCallersAndNameIt() {
    for (String sql :
        new String[] {
          "SELECT nothing FROM log_entries",
          "SELECT * FROM view_instance('no_such_set', 'global')",
          "SELECT * FROM view_instance('log_entries', 'no uuid')",
          "SELEC 1"
        }) {
      assertThatThrownBy(() -> ask(sql))
          .isInstanceOf(BadRequestException.class)
          .hasMessageContaining("query_id=");
    }
  }

  @Test
  void secondServerOnTheFolderIsRefused() {
    assertThatThrownBy(() -> Micromegas.start(configuration(folder), Map.of()))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining(folder.toString());
  }

  /// Python environment of `./micromegas test`.
  @Test
  void publicPythonClientsAreServed() throws Exception {
    String python = System.getProperty("micromegas.python", "");
    Assumptions.assumeFalse(python.isEmpty(), "no -Dmicromegas.python");
    Process process =
        new ProcessBuilder(
                python,
                Path.of("src/test/python/clients.py").toAbsolutePath().toString(),
                flight(),
                NativeReplay.PROCESS)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes());

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
  }

  private static Answer ask(String sql) {
    return Answer.of(client, sql, WITHOUT_RANGE);
  }
}
