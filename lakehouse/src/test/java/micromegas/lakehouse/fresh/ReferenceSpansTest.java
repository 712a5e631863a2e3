package micromegas.lakehouse.fresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import micromegas.transit.SpanDescriptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Partitions of `thread_spans` that the reference wrote into the same lake, where a partition
/// counts only if its range and its count are exactly those of its blocks (`lakehouse.md` 9.4).
class ReferenceSpansTest {
  private static final Instant START = Instant.parse("2026-05-06T08:00:00Z");
  private static final Instant FIRST = Instant.parse("2026-05-06T10:10:00.000001Z");
  private static final Instant LAST = Instant.parse("2026-05-06T10:20:00.000002Z");
  private static final Instant NOW = Instant.parse("2026-05-06T12:30:00Z");
  private static final SpanDescriptor RUN = SpanStream.span("run", 1);
  private static final SpanDescriptor STEP = SpanStream.span("step", 2);
  private static final List<String> THEIRS =
      List.of("-1 0 0 main-7 0..20", "0 -1 1 run 1..15", "1 0 2 step of the reference 2..12");
  private static final List<String> OURS =
      List.of("-1 0 0 main-7 0..20", "0 -1 1 run 1..15", "1 0 2 step 2..12");

  @TempDir Path folder;
  private LiveLake live;
  private SpanStream thread;

  @BeforeEach
  void open() {
    live = new LiveLake(folder, START, FreshSettings.DEFAULT);
    thread = new SpanStream(live);
    live.clock.set(NOW);
    thread.writer.begin(RUN, SpanStream.seconds(1));
    thread.writer.begin(STEP, SpanStream.seconds(2));
    thread.block(FIRST, 0, 10);
    thread.writer.end(STEP, SpanStream.seconds(12));
    thread.writer.end(RUN, SpanStream.seconds(15));
    thread.block(LAST, 10, 20);
  }

  @AfterEach
  void close() {
    live.close();
  }

  private String partition(Instant begin, Instant end, long sources, String hash)
      throws IOException, SQLException {
    String key =
        "views/thread_spans/%s/2026-05-06/10-10-00_%s.parquet"
            .formatted(thread.id(), UUID.randomUUID());
    byte[] content = resource();
    live.lake.objects().putIfAbsent(key, content);
    execute(
        """
        INSERT INTO lakehouse_partitions (view_set_name, view_instance_id, begin_insert_time,
          end_insert_time, min_event_time, max_event_time, updated, file_path, file_size,
          file_schema_hash, source_data_hash, num_rows, partition_format_version, sort_order,
          max_sort_key_time)
        VALUES ('thread_spans', '%s', '%s', '%s', '2026-05-06T08:00:00Z', '2026-05-06T08:00:20Z',
          now(), '%s', %d, '\\x%s', '\\x%02x00000000000000', 3, 2, NULL, '2026-05-06T08:00:02Z')
        """
            .formatted(thread.id(), begin, end, key, content.length, hash, sources));
    return key;
  }

  @Test
  void isReadWhenItHoldsExactlyItsBlocks() throws Exception {
    String key = partition(FIRST, LAST, 4, "03");
    for (int i = 0; i < 2; i++) {
      assertThat(thread.spans("thread_spans")).isEqualTo(THEIRS);
    }
    assertThat(rows("SELECT file_path FROM lakehouse_partitions")).containsExactly(key);
    assertThat(thread.spans("stitched_thread_spans"))
        .as("always read from the blocks")
        .isEqualTo(OURS);
  }

  @Test
  void givesWayWhenItDoesNot() throws Exception {
    List<String> stale = new ArrayList<>();
    stale.add(partition(FIRST, LAST, 5, "03"));
    assertThat(thread.spans("thread_spans")).as("another count").isEqualTo(OURS);
    execute("DELETE FROM lakehouse_partitions");
    stale.add(partition(FIRST, LAST.plusSeconds(1), 4, "03"));
    assertThat(thread.spans("thread_spans")).as("another range").isEqualTo(OURS);
    execute("DELETE FROM lakehouse_partitions");
    stale.add(partition(FIRST, LAST, 4, "02"));
    assertThat(thread.spans("thread_spans")).as("another schema").isEqualTo(OURS);
    assertThat(rows("SELECT file_path FROM lakehouse_partitions"))
        .hasSize(1)
        .doesNotContainAnyElementsOf(stale);
    assertThat(rows("SELECT file_path FROM temporary_files")).containsAll(stale);
  }

  @Test
  void aLateBlockReplacesIt() throws Exception {
    partition(FIRST, LAST, 4, "03");
    assertThat(thread.spans("thread_spans")).isEqualTo(THEIRS);
    thread.writer.begin(RUN, SpanStream.seconds(22));
    thread.writer.end(RUN, SpanStream.seconds(23));
    thread.block(FIRST.plusSeconds(5), 20, 30);
    assertThat(thread.spans("thread_spans"))
        .containsExactly(
            "-1 0 0 main-7 0..30", "0 -1 1 run 1..15", "1 0 2 step 2..12", "4 -1 1 run 22..23");
    assertThat(live.partitions("thread_spans", thread.id().toString())).hasSize(1);
  }

  /// The other way round: what we write is what the reference looks for.
  @Test
  void oursIsWhatTheReferenceReads() throws Exception {
    assertThat(thread.spans("thread_spans")).isEqualTo(OURS);
    assertThat(
            rows(
                """
                SELECT begin_insert_time = '%s' AND end_insert_time = '%s'
                    AND min_event_time = '2026-05-06T08:00:00Z'
                    AND max_event_time = '2026-05-06T08:00:20Z',
                  num_rows, partition_format_version, encode(file_schema_hash, 'hex'),
                  encode(source_data_hash, 'hex'), sort_order,
                  max_sort_key_time = '2026-05-06T08:00:02Z'
                FROM lakehouse_partitions WHERE view_set_name = 'thread_spans'
                """
                    .formatted(FIRST, LAST)))
        .containsExactly("t 3 2 03 0400000000000000 null t");
    String path = rows("SELECT file_path FROM lakehouse_partitions").getFirst();
    Path theirs = folder.resolve("theirs.parquet");
    Files.write(theirs, resource());
    assertThat(shape(folder.resolve("objects").resolve(path))).isEqualTo(shape(theirs));
  }

  /// Names, physical and logical types and repetition of all columns, without the root's name.
  private static List<String> shape(Path file) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:")) {
      return rows(
          connection,
          """
          SELECT name, type, repetition_type, converted_type, logical_type, num_children
          FROM parquet_schema('%s') OFFSET 1
          """
              .formatted(file));
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = live.database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private List<String> rows(String sql) throws SQLException {
    try (Connection connection = live.database.dataSource().getConnection()) {
      return rows(connection, sql);
    }
  }

  private static List<String> rows(Connection connection, String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
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

  private static byte[] resource() throws IOException {
    try (InputStream in =
        ReferenceSpansTest.class.getResourceAsStream("/reference/thread_spans.parquet")) {
      return in.readAllBytes();
    }
  }
}
