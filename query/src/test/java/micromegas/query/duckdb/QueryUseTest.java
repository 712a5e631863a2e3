package micromegas.query.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import micromegas.common.ResourceExhaustedException;
import micromegas.query.EngineSettings;
import micromegas.query.QueryResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a query takes, and what it may take of the memory for batches.
class QueryUseTest {
  @TempDir private Path folder;
  private Lake lake;

  @BeforeEach
  void open() {
    lake = new Lake(folder);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  @Test
  void tellsPeakMemoryAndSpilledBytes() {
    String sort = "SELECT md5(value || 'x') AS s FROM range(2000000) ORDER BY s";

    try (Lake tight = new Lake(folder.resolve("tight"), 64L << 20, 1L << 30);
        QueryResult result = tight.engine.query(tight.request(sort))) {
      long rows = 0;
      while (result.next()) {
        rows += result.root().getRowCount();
      }

      assertThat(rows).isEqualTo(2_000_000);
      assertThat(result.use().peakMemoryBytes()).isBetween(1L << 20, 80L << 20);
      assertThat(result.use().spilledBytes()).isPositive();
    }
  }

  @Test
  void knowsItsOwnBatchesHoweverShortItIs() {
    try (QueryResult result = lake.engine.query(lake.request("SELECT repeat('x', 100000) AS t"))) {
      assertThat(result.next()).isTrue();

      assertThat(result.use().peakMemoryBytes()).isGreaterThan(100_000);
    }
  }

  @Test
  void batchesThatNobodyReadsLeaveNoRoomForOthers() {
    EngineSettings defaults =
        EngineSettings.defaults(
            folder.resolve("small"), List.of(folder.resolve("data")), 64L << 20, 64L << 20);
    EngineSettings settings =
        new EngineSettings(
            1,
            defaults.memoryBytes(),
            defaults.exportMemoryBytes(),
            defaults.tempDirectory(),
            defaults.tempBytes(),
            defaults.allowedDirectories(),
            Path.of(System.getProperty("java.io.tmpdir"), "micromegas-native"),
            4,
            defaults.defaultLimits());
    String wide = "SELECT repeat('x', 1000) AS t FROM range(100000)";
    try (DuckDbQueryEngine engine = DuckDbQueryEngine.open(settings, lake.allocator, 4L << 20)) {
      try (QueryResult unread = engine.query(lake.request(wide))) {
        assertThat(unread.next()).isTrue();
        try (QueryResult other = engine.query(lake.request(wide))) {
          assertThatThrownBy(other::next)
              .isInstanceOf(ResourceExhaustedException.class)
              .hasMessageContaining("--memory")
              .hasMessageContaining("query_id=");
        }
        // Its own batches do not count against a query.
        long rows = unread.root().getRowCount();
        while (unread.next()) {
          rows += unread.root().getRowCount();
        }
        assertThat(rows).isEqualTo(100_000);
      }
      try (QueryResult later = engine.query(lake.request(wide))) {
        assertThat(later.next()).isTrue();
      }
    }
  }
}
