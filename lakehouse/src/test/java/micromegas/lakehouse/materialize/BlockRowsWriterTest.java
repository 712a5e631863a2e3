package micromegas.lakehouse.materialize;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import micromegas.common.Nanos;
import micromegas.common.TimeRange;
import micromegas.lake.metadata.Database;
import micromegas.lake.testkit.TestPostgres;
import micromegas.lakehouse.parquet.ParquetOptions;
import micromegas.lakehouse.view.BlocksView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The view set `blocks` from a real PostgreSQL.
class BlockRowsWriterTest {
  private static final String P = "00000000-0000-0000-0000-00000000000a";
  private static final String S = "00000000-0000-0000-0000-00000000000b";

  @TempDir Path folder;

  @Test
  void rowsOfTheSliceInOrderWithNullsAsTheReferenceStoresThem() throws Exception {
    try (Database database = TestPostgres.freshDatabase()) {
      DataSource source = database.dataSource();
      execute(
          source,
          "INSERT INTO processes (process_id, exe, username, realname, computer, distro, cpu_brand,"
              + " tsc_frequency, start_time, start_ticks, insert_time, properties) VALUES ('"
              + P
              + "', 'é', 'u', 'r', 'c', 'd', NULL, 7, '9999-01-01Z', 3, '2026-11-23T20:00:00Z',"
              + " ARRAY[ROW('b','2')::micromegas_property, ROW('a','1')::micromegas_property])");
      execute(
          source,
          "INSERT INTO streams (stream_id, process_id, dependencies_metadata, objects_metadata,"
              + " tags, properties, insert_time) VALUES ('"
              + S
              + "', '"
              + P
              + "', '\\x80', '\\x81', ARRAY['cpu','log'], '{}', '2026-11-23T20:00:00Z')");
      for (int i = 0; i < 2000; i++) {
        block(source, i, Instant.parse("2026-11-23T20:00:00Z").plusSeconds(1999 - i));
      }
      execute(
          source, // a block before its stream is no row yet
          "INSERT INTO blocks SELECT gen_random_uuid(), gen_random_uuid(), process_id, begin_time,"
              + " begin_ticks, end_time, end_ticks, nb_objects, object_offset, payload_size,"
              + " insert_time FROM blocks LIMIT 1");
      InsertSlice slice =
          new InsertSlice(
              Instant.parse("2026-11-23T20:00:00Z"), Instant.parse("2026-11-23T20:30:00Z"));
      Path target = folder.resolve("blocks.parquet");
      BlockRowsWriter writer = new BlockRowsWriter(source, ParquetOptions.DEFAULT);
      BlockFileWriter.Written written = writer.write(BlocksView.create(), slice, target);
      assertThat(written.sourceObjects()).isEqualTo(1800);
      assertThat(written.sourceObjects()).isEqualTo(new SourceTotals(source).blockRows(slice));
      assertThat(written.file().sortOrder()).contains(List.of("insert_time"));
      assertThat(written.file().eventTime())
          .contains(
              new TimeRange(
                  Nanos.fromInstant(Instant.parse("2026-11-23T19:00:00Z")),
                  Nanos.fromInstant(Instant.parse("2026-11-23T20:29:59Z"))));
      try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
          Statement statement = duck.createStatement();
          ResultSet row =
              statement.executeQuery(
                  "SELECT block_id, \"streams.tags\"::varchar, hex(\"processes.properties\"),"
                      + " hex(\"streams.properties\"), epoch_ns(\"processes.start_time\"),"
                      + " \"processes.parent_process_id\", \"processes.cpu_brand\","
                      + " hex(\"streams.objects_metadata\"), nb_objects, \"processes.exe\""
                      + " FROM read_parquet('"
                      + target
                      + "') LIMIT 1")) {
        assertThat(row.next()).isTrue();
        assertThat(row.getString(1)).endsWith("1999");
        assertThat(row.getString(2)).isEqualTo("[cpu, log]");
        assertThat(row.getString(3)).isEqualTo("40000002" + "10000001".repeat(4) + "61623132");
        assertThat(row.getString(4)).isEqualTo("40000000");
        assertThat(row.getLong(5)).isZero();
        assertThat(row.getString(6)).isEmpty();
        assertThat(row.getString(7)).isEmpty();
        assertThat(row.getString(8)).isEqualTo("81");
        assertThat(row.getInt(9)).isEqualTo(5);
        assertThat(row.getString(10)).isEqualTo("é");
      }
    }
  }

  private static void block(DataSource source, int number, Instant inserted) throws SQLException {
    execute(
        source,
        "INSERT INTO blocks VALUES ('00000000-0000-0000-0000-%012d','%s','%s','2026-11-23T19:00:00Z',1,'2026-11-23T19:00:01Z',2,5,0,9,'%s')"
            .formatted(number, S, P, inserted));
  }

  private static void execute(DataSource source, String sql) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
