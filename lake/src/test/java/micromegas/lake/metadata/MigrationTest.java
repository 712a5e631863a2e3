package micromegas.lake.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import micromegas.common.ConflictException;
import micromegas.common.UnavailableException;
import micromegas.lake.testkit.TestPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationTest {
  private static final DatabaseSettings SETTINGS = DatabaseSettings.DEFAULT.withPoolSize(4);

  @Test
  void freshDatabaseHasTheColumnsOfTheReferenceInTheirOrder() throws SQLException {
    try (Database database = TestPostgres.freshDatabase()) {
      assertThat(columns(database, "processes"))
          .containsExactly(
              "process_id",
              "exe",
              "username",
              "realname",
              "computer",
              "distro",
              "cpu_brand",
              "tsc_frequency",
              "start_time",
              "start_ticks",
              "insert_time",
              "parent_process_id",
              "properties");
      assertThat(columns(database, "streams"))
          .containsExactly(
              "stream_id",
              "process_id",
              "dependencies_metadata",
              "objects_metadata",
              "tags",
              "properties",
              "insert_time",
              "format");
      assertThat(columns(database, "blocks"))
          .containsExactly(
              "block_id",
              "stream_id",
              "process_id",
              "begin_time",
              "begin_ticks",
              "end_time",
              "end_ticks",
              "nb_objects",
              "object_offset",
              "payload_size",
              "insert_time");
      assertThat(columns(database, "lakehouse_partitions"))
          .containsExactly(
              "view_set_name",
              "view_instance_id",
              "begin_insert_time",
              "end_insert_time",
              "min_event_time",
              "max_event_time",
              "updated",
              "file_path",
              "file_size",
              "file_schema_hash",
              "source_data_hash",
              "num_rows",
              "partition_format_version",
              "sort_order",
              "max_sort_key_time");
      assertThat(list(database, "SELECT version FROM migration")).containsExactly("7");
      assertThat(list(database, "SELECT version FROM lakehouse_migration")).containsExactly("9");
    }
  }

  @Test
  void positionalInsertsOfTheReferenceWork() throws SQLException {
    try (Database database = TestPostgres.freshDatabase()) {
      execute(
          database,
          """
          INSERT INTO processes VALUES (gen_random_uuid(), 'exe', 'user', 'real', 'computer',
            'distro', 'cpu', 1000, now(), 5, now(), NULL,
            ARRAY[('key', 'value')::micromegas_property])
          """,
          """
          INSERT INTO blocks VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(),
            now(), 1, now(), 2, 3, 4, 5, now()) ON CONFLICT (block_id) DO NOTHING
          """);
      assertThat(list(database, "SELECT (properties[1]).value FROM processes"))
          .containsExactly("value");
      assertThat(list(database, "SELECT payload_size FROM blocks")).containsExactly("5");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void everyTelemetryVersionReachesTheSameCatalogAsAFreshOne(int version) throws SQLException {
    ConnectionString address = TestPostgres.emptyConnectionString();
    try (HikariDataSource dataSource = Database.connect(address, SETTINGS)) {
      SchemaMigrator migrator = new SchemaMigrator(dataSource, Duration.ofSeconds(30));
      migrator.migrate(Schemas.TELEMETRY, version);
      execute(
          dataSource,
          """
          INSERT INTO streams (stream_id, process_id, insert_time)
          VALUES (gen_random_uuid(), gen_random_uuid(), now())
          """);
      if (version == 5) {
        execute(
            dataSource,
            """
            INSERT INTO ingestion_api_keys
            VALUES (gen_random_uuid(), '\\x01', 'name', now(), 'me', NULL, NULL, NULL)
            """);
      }
    }
    sameCatalogAsFresh(address);
    try (Database database = Database.open(address, SETTINGS)) {
      assertThat(list(database, "SELECT format FROM streams"))
          .containsExactly("micromegas-transit");
      if (version == 5) {
        assertThat(list(database, "SELECT audience FROM ingestion_api_keys"))
            .containsExactly("public");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyLakehouseVersionReachesTheSameCatalogAsAFreshOne(int version) throws SQLException {
    ConnectionString address = TestPostgres.emptyConnectionString();
    try (HikariDataSource dataSource = Database.connect(address, SETTINGS)) {
      SchemaMigrator migrator = new SchemaMigrator(dataSource, Duration.ofSeconds(30));
      migrator.migrate(Schemas.LAKEHOUSE, version);
    }
    sameCatalogAsFresh(address);
  }

  @Test
  void insertTimeOfOldBlocksIsTheirEndTime() throws SQLException {
    ConnectionString address = TestPostgres.emptyConnectionString();
    try (HikariDataSource dataSource = Database.connect(address, SETTINGS)) {
      new SchemaMigrator(dataSource, Duration.ofSeconds(30)).migrate(Schemas.TELEMETRY, 1);
      execute(
          dataSource,
          "INSERT INTO blocks (block_id, end_time) VALUES (gen_random_uuid(), '2024-05-06T07:08:09Z')");
    }
    try (Database database = Database.open(address, SETTINGS)) {
      assertThat(list(database, "SELECT insert_time = end_time FROM blocks")).containsExactly("t");
    }
  }

  @Test
  void duplicateIdsStopTheUniqueIndexesUntilTheyAreRemoved() throws SQLException {
    ConnectionString address = TestPostgres.emptyConnectionString();
    String id = "INSERT INTO blocks (block_id) VALUES ('00000000-0000-0000-0000-000000000001')";
    try (HikariDataSource dataSource = Database.connect(address, SETTINGS)) {
      new SchemaMigrator(dataSource, Duration.ofSeconds(30)).migrate(Schemas.TELEMETRY, 2);
      execute(dataSource, id, id);
    }
    assertThatThrownBy(() -> Database.open(address, SETTINGS))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("blocks_block_id_unique");
    try (HikariDataSource dataSource = Database.connect(address, SETTINGS)) {
      assertThat(list(dataSource, "SELECT count(*) FROM pg_index WHERE NOT indisvalid"))
          .containsExactly("0");
      execute(dataSource, "DELETE FROM blocks");
    }
    sameCatalogAsFresh(address);
  }

  @Test
  void rowCountsComeFromTheFootersThatOldLakesKept() throws SQLException {
    ConnectionString address = TestPostgres.emptyConnectionString();
    try (HikariDataSource dataSource = Database.connect(address, SETTINGS)) {
      new SchemaMigrator(dataSource, Duration.ofSeconds(30)).migrate(Schemas.LAKEHOUSE, 2);
      // version 1; schema: one struct with a name; num_rows 857162.
      execute(
          dataSource,
          insertOldPartition("good", "'\\x1502191c48067363686d6561001694d0680018'"),
          insertOldPartition("broken", "'\\xffffff'"),
          insertOldPartition("absent", "NULL"));
    }
    try (Database database = Database.open(address, SETTINGS)) {
      assertThat(
              list(
                  database,
                  "SELECT file_path || '=' || num_rows FROM lakehouse_partitions ORDER BY 1"))
          .containsExactly("absent=0", "broken=0", "good=857098");
    }
  }

  private static String insertOldPartition(String path, String metadata) {
    return "INSERT INTO lakehouse_partitions (file_path, file_metadata) VALUES ('%s', %s)"
        .formatted(path, metadata);
  }

  @Test
  void overlappingPartitionsStopTheConstraintWithAList() throws SQLException {
    ConnectionString address = TestPostgres.emptyConnectionString();
    try (HikariDataSource dataSource = Database.connect(address, SETTINGS)) {
      new SchemaMigrator(dataSource, Duration.ofSeconds(30)).migrate(Schemas.LAKEHOUSE, 6);
      execute(
          dataSource,
          """
          INSERT INTO lakehouse_partitions (view_set_name, view_instance_id, begin_insert_time,
            end_insert_time, file_path, file_schema_hash, num_rows)
          VALUES
            ('log_entries', 'global', '2024-05-06T07:00Z', '2024-05-06T08:00Z', 'one', '\\x06', 1),
            ('log_entries', 'global', '2024-05-06T07:30Z', '2024-05-06T09:00Z', 'two', '\\x06', 1),
            ('log_entries', 'global', '2024-05-06T08:30Z', '2024-05-06T08:30Z', 'dot', '\\x06', 1),
            ('log_entries', 'global', '2024-05-06T07:30Z', '2024-05-06T09:00Z', 'old', '\\x05', 1)
          """);
    }
    assertThatThrownBy(() -> Database.open(address, SETTINGS))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("one")
        .hasMessageContaining("two")
        .hasMessageNotContaining("dot")
        .hasMessageNotContaining("old");
    try (HikariDataSource dataSource = Database.connect(address, SETTINGS)) {
      assertThat(list(dataSource, "SELECT version FROM lakehouse_migration")).containsExactly("6");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"migration", "lakehouse_migration", "micromegas_java.schema_version"})
  void newerVersionIsRefused(String table) throws SQLException {
    ConnectionString address = TestPostgres.freshConnectionString();
    try (HikariDataSource dataSource = Database.connect(address, SETTINGS)) {
      execute(dataSource, "UPDATE " + table + " SET version = 99");
    }
    assertThatThrownBy(() -> Database.open(address, SETTINGS))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("version 99")
        .hasMessageContaining("upgrade");
  }

  @Test
  void programsThatStartAtTheSameTimeMigrateOnce() throws Exception {
    ConnectionString address = TestPostgres.emptyConnectionString();
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      Callable<Integer> open =
          () -> {
            Database.open(address, SETTINGS).close();
            return 1;
          };
      for (Future<Integer> result : threads.invokeAll(List.of(open, open, open))) {
        assertThat(result.get()).isEqualTo(1);
      }
    }
    sameCatalogAsFresh(address);
  }

  private static void sameCatalogAsFresh(ConnectionString address) throws SQLException {
    try (Database migrated = Database.open(address, SETTINGS);
        Database fresh = TestPostgres.freshDatabase()) {
      assertThat(catalog(migrated)).isEqualTo(catalog(fresh)).hasSizeGreaterThan(100);
    }
  }

  private static List<String> catalog(Database database) throws SQLException {
    List<String> all = new ArrayList<>();
    all.addAll(
        list(
            database,
            """
            SELECT concat_ws(' ', table_schema, table_name,
                     row_number() OVER (PARTITION BY table_schema, table_name ORDER BY ordinal_position),
                     column_name, data_type, character_maximum_length, is_nullable, column_default)
            FROM information_schema.columns WHERE table_schema IN ('public', 'micromegas_java')
            ORDER BY 1
            """));
    all.addAll(
        list(
            database,
            """
            SELECT indexdef FROM pg_indexes
            WHERE schemaname IN ('public', 'micromegas_java') ORDER BY 1
            """));
    all.addAll(
        list(
            database,
            """
            SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
            WHERE connamespace::regnamespace::text IN ('public', 'micromegas_java') ORDER BY 1
            """));
    return all;
  }

  private static List<String> columns(Database database, String table) throws SQLException {
    return list(
        database,
        "SELECT attname FROM pg_attribute WHERE attrelid = '%s'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
            .formatted(table));
  }

  private static List<String> list(Database database, String sql) throws SQLException {
    return list(database.dataSource(), sql);
  }

  private static List<String> list(javax.sql.DataSource dataSource, String sql)
      throws SQLException {
    List<String> values = new ArrayList<>();
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }

  private static void execute(Database database, String... statements) throws SQLException {
    execute(database.dataSource(), statements);
  }

  private static void execute(javax.sql.DataSource dataSource, String... statements)
      throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
