package micromegas.ingestion.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
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
import micromegas.common.UnavailableException;
import micromegas.ingestion.IngestionService;
import micromegas.ingestion.otlp.OtlpIngestion;
import micromegas.ingestion.otlp.OtlpSettings;
import micromegas.lake.StoredBlock;
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
    askUntilReady();
    assertThat(rows()).contains(before, during);
  }

  /// The table's file is a device that takes no byte, so that PostgreSQL gets from the system what
  /// it would get from a full disk.
  @Test
  void aFullDiskOfPostgresIsAnOutageThatEndsWithIt() throws Exception {
    Path file =
        folder
            .resolve("postgres/data")
            .resolve(ask("SELECT pg_relation_filepath('blocks')").getFirst());
    Path aside = file.resolveSibling("aside");
    Files.move(file, aside);
    Files.createSymbolicLink(file, Path.of("/dev/full"));
    List<UUID> blocks = List.of(UUID.randomUUID(), UUID.randomUUID());
    for (UUID block : blocks) {
      HttpResponse<String> refused = send(block);
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.body()).isEqualTo("Service unavailable");
    }
    assertThatThrownBy(() -> insertDirectly(blocks.getFirst()))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("the disk of PostgreSQL is full")
        .hasMessageContaining(blocks.getFirst().toString());

    Files.delete(file);
    Files.move(aside, file);
    // They hold the device open.
    ask(
        "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE datname = current_database()"
            + " AND backend_type = 'client backend' AND pid <> pg_backend_pid()");
    for (UUID block : blocks) {
      postUntilAcknowledged(block);
    }
    assertThat(rows()).containsExactlyInAnyOrderElementsOf(blocks);
    askUntilReady();
  }

  private void insertDirectly(UUID id) {
    new PostgresMetadataStore(database, SETTINGS).insertBlock(new StoredBlock(info(id), 3, TIME));
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

  /// As a load balancer does: connections of the pool that died are found one by one.
  private void askUntilReady() throws Exception {
    int status = get("/ready");
    while (status != 200) {
      assertThat(status).isEqualTo(503);
      status = get("/ready");
    }
  }

  private int post(UUID id) throws Exception {
    return send(id).statusCode();
  }

  private HttpResponse<String> send(UUID id) throws Exception {
    byte[] body = CborWriter.block(info(id), new BlockPayload(new byte[] {1}, new byte[] {2, 3}));
    return http.send(
        HttpRequest.newBuilder(uri(INSERT_BLOCK))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static BlockInfo info(UUID id) {
    return new BlockInfo(
        id, new UUID(0, 1), new UUID(0, 2), TIME, 0, TIME.plusSeconds(1), 1_000_000_000, 0, 3);
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
    ask("SELECT block_id::text FROM blocks").forEach(id -> ids.add(UUID.fromString(id)));
    return ids;
  }

  /// The first column of a query, on a connection of its own.
  private List<String> ask(String sql) throws Exception {
    List<String> values = new ArrayList<>();
    try (Database own = Database.open(postgres.connectionString(), SETTINGS.withPoolSize(1));
        var connection = own.dataSource().getConnection();
        var statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }
}
