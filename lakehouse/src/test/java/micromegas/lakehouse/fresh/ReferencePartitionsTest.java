package micromegas.lakehouse.fresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import micromegas.lake.StoredBlock;
import micromegas.lake.partition.Partition;
import micromegas.lakehouse.fresh.LiveLake.Source;
import micromegas.lakehouse.maintenance.Pass;
import micromegas.lakehouse.maintenance.ProgressListener;
import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.transit.BlockInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Partitions that the reference wrote into the same lake: files as it writes them
/// (`src/test/python/reference_partitions.py`) and the rows that go with them.
class ReferencePartitionsTest {
  private static final Instant HOUR = Instant.parse("2026-05-06T11:00:00Z");
  private static final Instant NOW = Instant.parse("2026-05-06T12:30:00Z");
  private static final UUID PROCESS = UUID.fromString("11111111-1111-4111-8111-111111111111");
  private static final Source SOURCE =
      new Source(PROCESS, UUID.fromString("22222222-2222-4222-8222-222222222222"));
  private static final int EVENTS = 3;
  private static final String LOGS = "SELECT msg FROM log_entries ORDER BY msg";
  private static final String OWN =
      "SELECT msg FROM view_instance('log_entries', '" + PROCESS + "') ORDER BY msg";
  private static final List<String> MESSAGES =
      List.of(
          "reference 0/0",
          "reference 0/1",
          "reference 0/2",
          "reference 1/0",
          "reference 1/1",
          "reference 1/2");

  @TempDir Path folder;
  private LiveLake live;

  @BeforeEach
  void open() throws Exception {
    live = new LiveLake(folder, NOW, FreshSettings.DEFAULT);
    live.insertProcess(SOURCE);
    live.insertStream(SOURCE);
    block(0);
    block(1);
  }

  @AfterEach
  void close() {
    live.close();
  }

  private static Instant inserted(int block) {
    return HOUR.plusSeconds(600L * (block + 1));
  }

  private void block(int number) {
    Instant begin = inserted(number).minusSeconds(1);
    BlockInfo info =
        new BlockInfo(
            UUID.fromString("33333333-3333-4333-8333-33333333333" + number),
            SOURCE.streamId(),
            PROCESS,
            begin,
            0,
            begin.plusMillis(EVENTS),
            0,
            0,
            EVENTS);
    StoredBlock stored = new StoredBlock(info, 4, inserted(number));
    live.lake.objects().putIfAbsent(stored.objectKey(), "fine".getBytes(StandardCharsets.UTF_8));
    live.lake.metadata().insertBlock(stored);
  }

  /// A row as the reference inserts it: it names every column, and truncates bounds to
  /// microseconds.
  private void partition(
      String viewSet,
      String instance,
      Instant begin,
      Instant end,
      String file,
      int rows,
      int sources,
      String schemaHash,
      String sortOrder)
      throws Exception {
    String key =
        "views/%s/%s/2026-05-06/11-00-00_%s.parquet"
            .formatted(viewSet, instance, UUID.randomUUID());
    byte[] content = resource(file);
    live.lake.objects().putIfAbsent(key, content);
    execute(
        """
        INSERT INTO lakehouse_partitions (view_set_name, view_instance_id, begin_insert_time,
          end_insert_time, min_event_time, max_event_time, updated, file_path, file_size,
          file_schema_hash, source_data_hash, num_rows, partition_format_version, sort_order,
          max_sort_key_time)
        VALUES ('%s', '%s', '%s', '%s', '%s', '%s', now(), '%s', %d, '\\x%s', '\\x%02x00000000000000',
          %d, 2, %s, NULL)
        """
            .formatted(
                viewSet,
                instance,
                begin,
                end,
                // No event is outside of these.
                viewSet.equals("log_stats") ? HOUR : inserted(0).minusSeconds(1),
                inserted(1),
                key,
                content.length,
                schemaHash,
                sources,
                rows,
                sortOrder));
  }

  private void minutesOfLogs() throws Exception {
    for (int block = 0; block < 2; block++) {
      Instant minute = inserted(block);
      partition(
          "log_entries",
          "global",
          minute,
          minute.plusSeconds(60),
          "log_entries-" + block,
          EVENTS,
          EVENTS,
          "06",
          "NULL");
    }
  }

  @Test
  void areReadWhenTheirCountsMatch() throws Exception {
    minutesOfLogs();
    partition(
        "log_entries",
        PROCESS.toString(),
        inserted(0),
        inserted(1),
        "log_entries-both",
        2 * EVENTS,
        2 * EVENTS,
        "06",
        "NULL");
    partition(
        "blocks", "global", HOUR, HOUR.plusSeconds(3600), "blocks", 2, 2, "03", "'{insert_time}'");
    partition(
        "log_stats",
        "global",
        HOUR,
        HOUR.plusSeconds(3600),
        "log_stats",
        2,
        2 * EVENTS,
        "21ce33aba7bde53b",
        "'{time_bin,process_id,level,target}'");

    for (int i = 0; i < 2; i++) {
      assertThat(live.query(LOGS)).isEqualTo(MESSAGES);
      assertThat(live.query(OWN)).isEqualTo(MESSAGES);
      assertThat(live.query("SELECT DISTINCT \"processes.exe\", nb_objects FROM blocks"))
          .containsExactly("reference game 3");
      assertThat(live.query("SELECT array_to_string(\"streams.tags\", '+') FROM blocks LIMIT 1"))
          .containsExactly("log");
      assertThat(live.query("SELECT exe FROM processes")).containsExactly("reference game");
      assertThat(live.query("SELECT level, target, sum(count) FROM log_stats GROUP BY 1, 2"))
          .containsExactly("4 target 6");
    }
    assertThat(live.decoded).as("decoded blocks").hasValue(0);
  }

  @Test
  void areMergedAndRetired() throws Exception {
    minutesOfLogs();
    var logs = live.lakehouse().views().globalView("log_entries").orElseThrow();
    var result =
        live.lakehouse()
            .materializer()
            .materialize(
                logs,
                Pass.of(new InsertSlice(HOUR, HOUR.plusSeconds(3600)), Duration.ofHours(1)),
                ProgressListener.NONE);

    assertThat(result.merged()).isEqualTo(1);
    assertThat(live.query(LOGS)).isEqualTo(MESSAGES);
    assertThat(live.decoded).hasValue(0);
    assertThat(live.partitions("log_entries", "global"))
        .containsExactly("2026-05-06T11:00:00Z..2026-05-06T12:00:00Z 6");
    assertThat(single("SELECT count(*) FROM temporary_files")).isEqualTo("2");
  }

  @Test
  void giveWayWhenTheirCountsDoNotMatch() throws Exception {
    minutesOfLogs();
    partition(
        "log_entries",
        PROCESS.toString(),
        inserted(0),
        inserted(1),
        "log_entries-both",
        2 * EVENTS,
        2 * EVENTS,
        "06",
        "NULL");
    live.insertBlock(SOURCE, inserted(0).plusSeconds(1), 2);

    assertThat(live.query("SELECT count(*) FROM log_entries")).containsExactly("8");
    assertThat(live.query("SELECT count(*) FROM (" + OWN + ")")).containsExactly("8");
    assertThat(live.query(LOGS)).noneMatch(message -> message.startsWith("reference 0"));
    assertThat(live.partitions("log_entries", PROCESS.toString())).hasSize(1);
  }

  /// The other way round: what we write has all that the reference reads.
  @Test
  void oursHaveTheShapeThatTheReferenceReads() throws Exception {
    live.query(LOGS);
    live.query("SELECT * FROM blocks");
    live.query("SELECT * FROM log_stats");
    for (String viewSet : List.of("log_entries", "blocks", "log_stats")) {
      Partition own =
          live.lake.partitions().listAll().stream()
              .filter(p -> p.viewSet().equals(viewSet) && p.filePath().isPresent())
              .findFirst()
              .orElseThrow();
      Path ours = folder.resolve("objects").resolve(own.filePath().orElseThrow());
      Path theirs = folder.resolve(viewSet + ".theirs");
      Files.write(theirs, resource(viewSet.equals("log_entries") ? "log_entries-0" : viewSet));
      assertThat(own.fileSize()).isEqualTo(Files.size(ours));
      assertThat(own.filePath().orElseThrow())
          .matches(
              "views/%s/global/\\d{4}-\\d\\d-\\d\\d/\\d\\d-\\d\\d-\\d\\d_[0-9a-f-]{36}\\.parquet"
                  .formatted(viewSet));
      if (viewSet.equals("log_stats")) {
        // Written by the query engine: the reference adapts optional columns and missing labels.
        assertThat(types(ours)).isEqualTo(types(theirs));
      } else {
        assertThat(shape(ours)).as(viewSet).isEqualTo(shape(theirs));
        assertThat(
                duck(
                    "SELECT count(*) FROM parquet_kv_metadata('%s') WHERE key = 'ARROW:schema'"
                        .formatted(ours)))
            .containsExactly("1");
      }
    }
    assertThat(
            single(
                """
                SELECT count(*) FROM lakehouse_partitions
                WHERE octet_length(source_data_hash) <> 8 OR partition_format_version <> 2
                  OR num_rows > 0 AND (file_path IS NULL OR min_event_time IS NULL
                    OR max_event_time IS NULL)
                  OR view_set_name = 'blocks' AND sort_order <> '{insert_time}'
                  OR view_set_name = 'log_stats' AND sort_order <> '{time_bin,process_id,level,target}'
                """))
        .isEqualTo("0");
    assertThat(
            single(
                "SELECT string_agg(DISTINCT view_set_name || encode(file_schema_hash, 'hex'), ' '"
                    + " ORDER BY view_set_name || encode(file_schema_hash, 'hex'))"
                    + " FROM lakehouse_partitions"))
        .isEqualTo("blocks03 log_entries06 log_stats21ce33aba7bde53b");
  }

  /// Names, physical and logical types and repetition of all columns, without the root's name.
  private static List<String> shape(Path file) throws SQLException {
    return duck(
        """
        SELECT name, type, repetition_type, converted_type, logical_type, num_children
        FROM parquet_schema('%s') OFFSET 1
        """
            .formatted(file));
  }

  private static List<String> types(Path file) throws SQLException {
    return duck("SELECT name, type FROM parquet_schema('%s') OFFSET 1".formatted(file));
  }

  private static List<String> duck(String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          values.add(result.getString(i));
        }
        rows.add(String.join(" ", values));
      }
    }
    return rows;
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = live.database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String single(String sql) throws SQLException {
    try (Connection connection = live.database.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in =
        ReferencePartitionsTest.class.getResourceAsStream("/reference/" + name + ".parquet")) {
      return in.readAllBytes();
    }
  }
}
