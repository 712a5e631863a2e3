package micromegas.lakehouse.fresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import micromegas.lake.StoredBlock;
import micromegas.lake.metadata.DatabaseSettings;
import micromegas.lake.metadata.MetadataStore;
import micromegas.lake.metadata.PostgresMetadataStore;
import micromegas.lake.metadata.SqlTime;
import micromegas.lakehouse.fresh.LiveLake.Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Blocks that come after their hour was counted for good, by the clock of the real PostgreSQL.
class LateBlocksTest {
  private static final Duration LONG_AGO = Duration.ofHours(5);

  @TempDir Path folder;
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
  private final Instant late = now.minus(LONG_AGO);
  private LiveLake live;

  @BeforeEach
  void open() {
    live = new LiveLake(folder, now, FreshSettings.DEFAULT);
  }

  @AfterEach
  void close() {
    live.close();
  }

  /// A server whose request waited for hours, or whose clock is hours slow.
  @Test
  void aRowThatIsWrittenLateIsSeenByTheNextQuery() {
    MetadataStore server = new PostgresMetadataStore(live.database, DatabaseSettings.DEFAULT);
    Source source = live.newSource();
    live.insertBlock(source, late, 3);
    assertThatAllSee(source, 3, 1);
    live.insertBlock(server::insertBlock, source, late, late, 4, "fine");
    assertThatAllSee(source, 7, 2);
    for (int i = 0; i < 2; i++) {
      live.insertBlock(server::insertBlock, source, late.minusSeconds(i), late, 1, "fine");
    }
    assertThatAllSee(source, 9, 4);
  }

  /// The statement ran in time, its commit waits.
  @Test
  void aRowThatIsCommittedLateIsSeenByTheNextQuery() throws Exception {
    Source source = live.newSource();
    live.insertBlock(source, late, 3);
    try (Connection open = live.database.dataSource().getConnection()) {
      open.setAutoCommit(false);
      live.insertBlock(block -> insert(open, block), source, late, late, 4, "fine");
      assertThatAllSee(source, 3, 1);
      assertThatAllSee(source, 3, 1);
      open.commit();
    }
    assertThatAllSee(source, 7, 2);
  }

  @Test
  void aBlockWhoseStreamComesLateIsSeenByTheNextQuery() {
    Source known = live.newSource();
    live.insertBlock(known, late, 3);
    Source source = Source.random();
    live.insertBlock(source, late, 4);
    assertThat(live.count("SELECT count(*) FROM log_entries")).isEqualTo(3);
    live.insertStream(source);
    assertThat(live.count("SELECT count(*) FROM log_entries")).isEqualTo(3);
    live.insertProcess(source);
    assertThat(live.count("SELECT count(*) FROM log_entries")).isEqualTo(7);
    assertThat(live.count("SELECT sum(count) FROM log_stats")).isEqualTo(7);
    assertThat(live.count("SELECT count(*) FROM blocks")).isEqualTo(2);
    assertThat(live.count("SELECT count(*) FROM processes")).isEqualTo(2);
  }

  @Test
  void anHourThatRestsIsNotCountedAgain() {
    Source source = live.newSource();
    live.insertBlock(source, late, 3);
    assertThat(live.count("SELECT count(*) FROM log_entries")).isEqualTo(3);
    // By hand, past everything that would move its insert time.
    live.insertBlock(source, late, 4);
    assertThat(live.count("SELECT count(*) FROM log_entries")).isEqualTo(3);
  }

  private static void insert(Connection connection, StoredBlock block) {
    String sql =
        """
        INSERT INTO blocks (block_id, stream_id, process_id, begin_time, begin_ticks, end_time,
          end_ticks, nb_objects, object_offset, payload_size, insert_time)
        VALUES (?, ?, ?, ?, 0, ?, 0, ?, 0, ?, ?)
        """;
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      insert.setObject(1, block.info().blockId());
      insert.setObject(2, block.info().streamId());
      insert.setObject(3, block.info().processId());
      insert.setObject(4, SqlTime.truncated(block.info().beginTime()));
      insert.setObject(5, SqlTime.truncated(block.info().endTime()));
      insert.setInt(6, block.info().nbObjects());
      insert.setLong(7, block.payloadSize());
      insert.setObject(8, SqlTime.truncated(block.insertTime()));
      insert.executeUpdate();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void assertThatAllSee(Source source, int events, int blocks) {
    assertThat(live.count("SELECT count(*) FROM log_entries")).isEqualTo(events);
    assertThat(live.count("SELECT sum(count) FROM log_stats")).isEqualTo(events);
    assertThat(live.count("SELECT count(*) FROM blocks")).isEqualTo(blocks);
    assertThat(
            live.count(
                "SELECT count(*) FROM view_instance('log_entries', '%s')"
                    .formatted(source.processId())))
        .isEqualTo(events);
  }
}
