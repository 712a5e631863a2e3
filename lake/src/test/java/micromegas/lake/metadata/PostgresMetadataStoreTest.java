package micromegas.lake.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import micromegas.common.BadRequestException;
import micromegas.common.UnavailableException;
import micromegas.lake.StoredBlock;
import micromegas.lake.StoredProcess;
import micromegas.lake.StoredStream;
import micromegas.lake.testkit.TestPostgres;
import micromegas.transit.BlockInfo;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;
import micromegas.transit.UserDefinedType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostgresMetadataStoreTest {
  private static final Instant TIME = Instant.parse("2024-05-06T07:08:09.123456789Z");
  private static final Instant MICROS = Instant.parse("2024-05-06T07:08:09.123456Z");

  private static Database database;
  private static PostgresMetadataStore store;

  @BeforeAll
  static void open() {
    database = TestPostgres.freshDatabase();
    store = new PostgresMetadataStore(database, TestPostgres.ANY_INSERT_TIME);
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @BeforeEach
  void empty() throws Exception {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM blocks");
    }
  }

  @Test
  void processComesBackWithMicrosecondsAndTheFirstOneWins() {
    StoredProcess process = process("exe", Map.of("key", "value", "other", "quote \" \\ {,}"));
    assertThat(store.insertProcess(process)).isTrue();
    assertThat(store.insertProcess(process)).isFalse();
    StoredProcess found = store.findProcess(process.info().processId()).orElseThrow();
    assertThat(found.info().startTime()).isEqualTo(MICROS);
    assertThat(found.insertTime()).isEqualTo(MICROS);
    assertThat(found.info().properties()).isEqualTo(process.info().properties());
    assertThat(found.info().parentProcessId()).isEmpty();
    assertThat(store.findProcess(UUID.randomUUID())).isEmpty();
  }

  @Test
  void emptyPropertiesAreAnEmptyArrayAndNeverNull() throws Exception {
    StoredProcess process = process("bare", Map.of());
    store.insertProcess(process);
    assertThat(
            single(
                "SELECT properties = '{}'::micromegas_property[] FROM processes WHERE exe = 'bare'"))
        .isEqualTo("t");
  }

  @Test
  void overlongTextIsCutByCharactersAndUnstorableCharactersAreReplaced() {
    StoredProcess process = process("😀".repeat(300), Map.of("nul\0key", "lone \uD800 surrogate"));
    store.insertProcess(process);
    ProcessInfo found = store.findProcess(process.info().processId()).orElseThrow().info();
    assertThat(found.exe()).isEqualTo("😀".repeat(255));
    assertThat(found.properties()).isEqualTo(Map.of("nul\uFFFDkey", "lone \uFFFD surrogate"));
  }

  @Test
  void streamComesBackWithItsLayouts() {
    UserDefinedType type =
        new UserDefinedType(
            "Event", 8, List.of(new UserDefinedType.Member("time", "i64", 0, 8, false)), false);
    StreamInfo info =
        new StreamInfo(
            UUID.randomUUID(),
            UUID.randomUUID(),
            List.of(),
            List.of(type),
            List.of("log", "odd,{}\" tag"),
            Map.of("thread-name", "main"),
            StreamInfo.TRANSIT_FORMAT);
    assertThat(store.insertStream(new StoredStream(info, TIME))).isTrue();
    assertThat(store.insertStream(new StoredStream(info, TIME))).isFalse();
    assertThat(store.findStream(info.streamId())).contains(new StoredStream(info, MICROS));
  }

  @Test
  void anInsertTimeThatIsTooOldIsMovedForwardAloneAndInABatch() throws Exception {
    PostgresMetadataStore server = new PostgresMetadataStore(database, DatabaseSettings.DEFAULT);
    Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    List<StoredBlock> blocks = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      blocks.add(block(UUID.randomUUID(), i % 2 == 0 ? TIME : now));
    }
    assertThat(server.insertBlock(blocks.getFirst())).isTrue();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Boolean>> inserts = new ArrayList<>();
      blocks.forEach(block -> inserts.add(() -> server.insertBlock(block)));
      for (Future<Boolean> insert : threads.invokeAll(inserts)) {
        insert.get();
      }
    }
    assertThat(single("SELECT count(*) FROM blocks WHERE insert_time = '" + now + "'"))
        .isEqualTo("30");
    assertThat(
            single(
                "SELECT count(*) FROM blocks WHERE insert_time BETWEEN timestamptz '%s' - INTERVAL '301 seconds' AND '%s'::timestamptz - INTERVAL '1 second'"
                    .formatted(now, now)))
        .isEqualTo("30");
  }

  @Test
  void concurrentInsertsOfTheSameBlocksMakeEachRowOnce() throws Exception {
    List<StoredBlock> blocks = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      blocks.add(block(UUID.randomUUID(), TIME));
    }
    int created = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Boolean>> inserts = new ArrayList<>();
      for (int copy = 0; copy < 3; copy++) {
        for (StoredBlock block : blocks) {
          inserts.add(() -> store.insertBlock(block));
        }
      }
      for (Future<Boolean> insert : threads.invokeAll(inserts)) {
        created += insert.get() ? 1 : 0;
      }
    }
    assertThat(created).isEqualTo(200);
    assertThat(single("SELECT count(*) = 200 AND count(DISTINCT block_id) = 200 FROM blocks"))
        .isEqualTo("t");
    assertThat(
            single(
                "SELECT count(*) FROM blocks WHERE (nb_objects <> 7 OR begin_time <> '2024-05-06T07:08:09.123456Z'"
                    + " OR insert_time <> begin_time OR begin_ticks <> -5 OR end_ticks <> 6"
                    + " OR object_offset <> 8 OR payload_size <> 9)"))
        .isEqualTo("0");
  }

  @Test
  void aBadBlockDoesNotFailItsNeighbours() throws Exception {
    // Later than PostgreSQL can keep.
    Instant impossible = Instant.parse("+400000-01-01T00:00:00Z");
    int bad = 0;
    int good = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> inserts = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        StoredBlock block = block(UUID.randomUUID(), i % 10 == 0 ? impossible : TIME);
        inserts.add(threads.submit(() -> store.insertBlock(block)));
      }
      for (Future<Boolean> insert : inserts) {
        try {
          good += insert.get() ? 1 : 0;
        } catch (java.util.concurrent.ExecutionException e) {
          assertThat(e.getCause()).isInstanceOf(BadRequestException.class);
          bad++;
        }
      }
    }
    assertThat(good).isEqualTo(180);
    assertThat(bad).isEqualTo(20);
  }

  @Test
  void lostDatabaseIsReportedAsUnavailable() {
    Database lost = TestPostgres.freshDatabase();
    PostgresMetadataStore closed = new PostgresMetadataStore(lost, DatabaseSettings.DEFAULT);
    lost.close();
    assertThatThrownBy(() -> closed.insertBlock(block(UUID.randomUUID(), TIME)))
        .isInstanceOf(UnavailableException.class);
  }

  private static StoredProcess process(String exe, Map<String, String> properties) {
    return new StoredProcess(
        new ProcessInfo(
            UUID.randomUUID(),
            exe,
            "user",
            "real",
            "computer",
            "distro",
            "cpu",
            1_000_000_000L,
            TIME,
            5,
            Optional.empty(),
            properties),
        TIME);
  }

  private static StoredBlock block(UUID id, Instant time) {
    return new StoredBlock(
        new BlockInfo(id, UUID.randomUUID(), UUID.randomUUID(), time, -5, time, 6, 8, 7), 9, time);
  }

  private static String single(String sql) throws Exception {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
