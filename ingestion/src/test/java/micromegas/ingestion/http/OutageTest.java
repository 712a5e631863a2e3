package micromegas.ingestion.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import micromegas.ingestion.IngestionService;
import micromegas.ingestion.otlp.OtlpIngestion;
import micromegas.ingestion.otlp.OtlpSettings;
import micromegas.lake.embedded.EmbeddedPostgres;
import micromegas.lake.embedded.EmbeddedPostgresSettings;
import micromegas.lake.envelope.EnvelopeReader;
import micromegas.lake.metadata.Database;
import micromegas.lake.metadata.DatabaseSettings;
import micromegas.lake.metadata.PostgresMetadataStore;
import micromegas.lake.objects.FileObjectStore;
import micromegas.transit.BlockInfo;
import micromegas.transit.BlockPayload;
import micromegas.transit.CborWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A real PostgreSQL goes away under a real server and comes back.
@Timeout(180)
class OutageTest {
  private static final String INSERT_BLOCK = "/ingestion/insert_block";
  private static final Instant TIME = Instant.parse("2026-05-06T07:08:09Z");
  private static final DatabaseSettings SETTINGS =
      DatabaseSettings.DEFAULT.withPoolSize(4).withIngestionAcquireTimeout(Duration.ofMillis(500));

  @TempDir Path folder;

  private EmbeddedPostgres postgres;
  private Database database;
  private FileObjectStore objects;
  private IngestionServer server;
  private HttpClient http;

  @BeforeEach
  void start() {
    postgres = EmbeddedPostgres.start(settings(0));
    database = Database.open(postgres.connectionString(), SETTINGS);
    objects = new FileObjectStore(folder.resolve("objects"), false);
    PostgresMetadataStore metadata = new PostgresMetadataStore(database, SETTINGS);
    IngestionService service =
        new IngestionService(metadata, objects, new EnvelopeReader(), Clock.systemUTC());
    IngestionSettings serverSettings =
        IngestionSettings.defaults(64L << 20).withAddress("127.0.0.1", 0);
    server =
        IngestionServer.start(
            serverSettings,
            service,
            new OtlpIngestion(service, OtlpSettings.DEFAULTS, Clock.systemUTC()),
            Readiness.of(metadata, objects),
            serverSettings.admission());
    http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  @AfterEach
  void stop() {
    http.close();
    server.close();
    database.close();
    postgres.close();
  }

  private EmbeddedPostgresSettings settings(int port) {
    return EmbeddedPostgresSettings.in(folder.resolve("postgres")).withPort(port);
  }

  @Test
  void clientsAreToldToComeBackAndTheServerRecoversByItself() throws Exception {
    UUID before = UUID.randomUUID();
    assertThat(post(before)).isEqualTo(200);
    int port = postgres.port();
    postgres.close();

    UUID during = UUID.randomUUID();
    HttpResponse<String> refused = send(during);
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.body()).isEqualTo("Service unavailable");
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        answers.add(clients.submit(() -> post(UUID.randomUUID())));
      }
      for (Future<Integer> answer : answers) {
        assertThat(answer.get()).isEqualTo(503);
      }
    }
    assertThat(get("/ready")).isEqualTo(503);
    assertThat(get("/health")).isEqualTo(200);

    postgres = EmbeddedPostgres.start(settings(port));
    postUntilAcknowledged(during);
    assertThat(get("/ready")).isEqualTo(200);
    assertThat(rows()).contains(before, during);
  }

  /// Killed, not stopped, while four clients send; every block that was acknowledged before is
  /// there after, and every block arrives in the end.
  @Test
  void nothingAcknowledgedIsLostWhenPostgresIsKilledUnderLoad() throws Exception {
    int clients = 4;
    int blocks = 60;
    Phaser halfway = new Phaser(clients + 1);
    Set<UUID> acknowledged = new HashSet<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<UUID>>> running = new ArrayList<>();
      for (int client = 0; client < clients; client++) {
        running.add(
            threads.submit(() -> {
              List<UUID> sent = new ArrayList<>();
              for (int i = 0; i < blocks; i++) {
                UUID id = UUID.randomUUID();
                postUntilAcknowledged(id);
                sent.add(id);
                if (i == blocks / 2) {
                  halfway.arrive();
                }
              }
              return sent;
            }));
      }
      halfway.arriveAndAwaitAdvance();
      int port = postgres.port();
      ProcessHandle postmaster = ProcessHandle.of(postgres.pid()).orElseThrow();
      postmaster.destroyForcibly();
      postmaster.onExit().get();
      postgres.close();
      postgres = EmbeddedPostgres.start(settings(port));
      for (Future<List<UUID>> client : running) {
        acknowledged.addAll(client.get());
      }
    }
    assertThat(acknowledged).hasSize(clients * blocks);
    assertThat(rows()).containsExactlyInAnyOrderElementsOf(acknowledged);
    List<String> keys = new ArrayList<>();
    objects.list("blobs/", keys::add);
    assertThat(keys).hasSize(clients * blocks);
  }

  /// As a client does: again, until the server says that it has it.
  private void postUntilAcknowledged(UUID id) throws Exception {
    int status = post(id);
    while (status != 200) {
      assertThat(status).isEqualTo(503);
      status = post(id);
    }
  }

  private int post(UUID id) throws Exception {
    return send(id).statusCode();
  }

  private HttpResponse<String> send(UUID id) throws Exception {
    BlockInfo info =
        new BlockInfo(
            id, new UUID(0, 1), new UUID(0, 2), TIME, 0, TIME.plusSeconds(1), 1_000_000_000, 0, 3);
    byte[] body = CborWriter.block(info, new BlockPayload(new byte[] {1}, new byte[] {2, 3}));
    return http.send(
        HttpRequest.newBuilder(uri(INSERT_BLOCK))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private int get(String path) throws Exception {
    return http.send(
            HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private URI uri(String path) {
    return URI.create(
        "http://" + server.address().getHostString() + ":" + server.address().getPort() + path);
  }

  private Set<UUID> rows() throws Exception {
    Set<UUID> ids = new HashSet<>();
    try (var connection = database.dataSource().getConnection();
        var statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT block_id FROM blocks")) {
      while (rows.next()) {
        ids.add(rows.getObject(1, UUID.class));
      }
    }
    return ids;
  }
}
