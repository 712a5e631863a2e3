package micromegas.query.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import micromegas.common.BadRequestException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Statements that try to reach something other than the tables of the catalog. `DATA` stands for
/// the folder of the lake's files, `OUT` for a folder outside it.
class SandboxTest {
  @TempDir static Path folder;
  private static Lake lake;
  private static List<String> before;

  @BeforeAll
  static void open() throws IOException {
    lake = new Lake(folder);
    lake.logs(1, 100);
    Files.createDirectories(folder.resolve("out"));
    Files.writeString(folder.resolve("out/secret.csv"), "a,b\n1,2\n");
    Files.writeString(folder.resolve("data/secret.csv"), "a,b\n1,2\n");
    before = files();
  }

  @AfterAll
  static void close() {
    lake.close();
  }

  private static List<String> files() throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(path -> !path.startsWith(folder.resolve("work")))
          .map(Path::toString)
          .sorted()
          .toList();
    }
  }

  static Stream<String> hostile() {
    return Stream.of(
        // Reading files.
        "SELECT * FROM read_csv('OUT/secret.csv')",
        "SELECT * FROM read_csv('DATA/secret.csv')",
        "SELECT * FROM read_csv_auto('DATA/secret.csv')",
        "SELECT * FROM read_text('DATA/secret.csv')",
        "SELECT * FROM read_blob('DATA/secret.csv')",
        "SELECT * FROM read_parquet('DATA/log0.parquet')",
        "SELECT * FROM parquet_scan('DATA/log0.parquet')",
        "SELECT * FROM parquet_metadata('DATA/log0.parquet')",
        "SELECT * FROM parquet_schema('DATA/log0.parquet')",
        "SELECT * FROM parquet_file_metadata('DATA/log0.parquet')",
        "SELECT * FROM parquet_kv_metadata('DATA/log0.parquet')",
        "SELECT * FROM read_json('DATA/secret.csv')",
        "SELECT * FROM read_ndjson('DATA/secret.csv')",
        "SELECT * FROM sniff_csv('DATA/secret.csv')",
        "SELECT * FROM glob('DATA/*')",
        "SELECT * FROM 'DATA/log0.parquet'",
        "SELECT * FROM \"DATA/log0.parquet\"",
        "FROM 'DATA/log0.parquet'",
        "SELECT * FROM 'OUT/secret.csv'",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM 'https://example.com/x.parquet'",
        "SELECT * FROM 's3://bucket/x.parquet'",
        "SELECT * FROM read_duckdb('DATA/x.db')",
        "SELECT * FROM arrow_scan(1, 2, 3)",
        "SELECT * FROM arrow_scan_dumb(1, 2, 3)",
        // Nested.
        "WITH x AS (SELECT * FROM read_text('DATA/secret.csv')) SELECT * FROM x",
        "SELECT (SELECT content FROM read_text('DATA/secret.csv'))",
        "SELECT * FROM log_entries WHERE msg IN (SELECT content FROM read_text('DATA/secret.csv'))",
        "SELECT * FROM (SELECT 1) UNION ALL SELECT size FROM read_text('DATA/secret.csv')",
        "SELECT list_transform([1], lambda x: getenv('PATH'))",
        "SELECT EXISTS (FROM read_blob('DATA/secret.csv'))",
        "SELECT * FROM log_entries, LATERAL (SELECT * FROM read_text('DATA/secret.csv')) t",
        "SELECT 1 ORDER BY (SELECT count(*) FROM glob('DATA/*'))",
        "SELECT 1 LIMIT (SELECT count(*) FROM glob('DATA/*'))",
        "SELECT count(*) FILTER (WHERE getenv('PATH') <> '') FROM log_entries",
        "SELECT sum(level) OVER (ORDER BY getenv('PATH')) FROM log_entries",
        "SELECT CASE WHEN getenv('HOME') = '' THEN 1 END",
        "SELECT level FROM log_entries GROUP BY level HAVING getenv('HOME') <> ''",
        "VALUES (getenv('HOME'))",
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r, glob('DATA/*')"
            + " WHERE n < 2) SELECT * FROM r",
        "SELECT * FROM (VALUES ((SELECT count(*) FROM glob('/*')))) t",
        "PIVOT log_entries ON level",
        "SELECT * FROM log_entries TABLESAMPLE 1 ROWS WHERE getenv('X') IS NULL",
        // Writing.
        "COPY (SELECT 1) TO 'OUT/x.csv'",
        "COPY (SELECT 1) TO 'DATA/x.parquet'",
        "COPY log_entries TO 'DATA/x.parquet'",
        "COPY log_entries FROM 'DATA/secret.csv'",
        "EXPORT DATABASE 'DATA/db'",
        "IMPORT DATABASE 'DATA/db'",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO 'DATA/x.parquet'",
        // Attaching, loading, settings.
        "ATTACH 'DATA/x.db' AS x",
        "ATTACH ':memory:' AS x",
        "DETACH memory",
        "USE memory",
        "INSTALL httpfs",
        "LOAD httpfs",
        "LOAD 'DATA/x.duckdb_extension'",
        "SET memory_limit = '100GB'",
        "SET enable_external_access = true",
        "SET SESSION operator_memory_limit = '100GB'",
        "SET VARIABLE x = 1",
        "RESET ALL",
        "PRAGMA database_list",
        "PRAGMA enable_profiling",
        "CALL pragma_version()",
        "CHECKPOINT",
        "FORCE CHECKPOINT",
        // Changing the database.
        "CREATE TABLE x AS SELECT 1",
        "CREATE TEMP TABLE x (a INT)",
        "CREATE VIEW x AS SELECT 1",
        "CREATE MACRO now() AS 1",
        "CREATE OR REPLACE FUNCTION abs(x) AS 1",
        "CREATE SECRET (TYPE s3)",
        "CREATE TYPE x AS ENUM ('a')",
        "CREATE SCHEMA x",
        "CREATE SEQUENCE x",
        "INSERT INTO log_entries SELECT * FROM log_entries",
        "UPDATE log_entries SET level = 1",
        "DELETE FROM log_entries",
        "DROP TABLE log_entries",
        "ALTER TABLE log_entries ADD COLUMN x INT",
        "TRUNCATE log_entries",
        "VACUUM",
        "BEGIN TRANSACTION",
        "PREPARE x AS SELECT 1",
        "EXECUTE x",
        // More than one statement.
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE log_entries",
        "SELECT 1; COPY (SELECT 1) TO 'DATA/x.parquet'",
        "/* */ SELECT 1 -- \n; CREATE TABLE x (a INT)",
        "SELECT ';' /* ; */; ATTACH ':memory:' AS y",
        "EXPLAIN SELECT 1; CREATE TABLE x (a INT)",
        "SHOW TABLES; CREATE TABLE x (a INT)",
        "",
        ";",
        "-- nothing",
        // Looking around.
        "SELECT getenv('PATH')",
        "SELECT current_setting('temp_directory')",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM duckdb_tables()",
        "SELECT * FROM duckdb_secrets()",
        "SELECT * FROM duckdb_functions()",
        "SELECT * FROM duckdb_temporary_files()",
        "SELECT * FROM pg_catalog.pg_tables",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM information_schema.schemata",
        "SELECT * FROM memory.main.x",
        "SELECT * FROM system.main.duckdb_settings()",
        "SELECT * FROM query('SELECT 1')",
        "SELECT * FROM query_table('log_entries')",
        "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
        "SELECT json_serialize_plan('SELECT 1')",
        "SELECT current_query()",
        "SELECT nextval('x')",
        "SELECT write_log('x')",
        "SELECT pg_sleep(1)",
        "SELECT sleep_ms(1000)",
        "SELECT setseed(0.5)",
        "SELECT system.main.abs(1)",
        "SELECT main.abs(1)",
        "SELECT GETENV('PATH')",
        "SELECT \"getenv\"('PATH')",
        "SELECT get/**/env('PATH'), getenv/* */('PATH')",
        "SELECT $$x$$, getenv('PATH')",
        "SELECT 'a''b', getenv('PATH')",
        "SELECT * FROM pragma_table_info('log_entries')",
        "SELECT * FROM test_all_types()",
        "SELECT * FROM repeat_row(1, num_rows = 3)",
        "SELECT * FROM seq_scan('x')",
        "SUMMARIZE log_entries",
        "SUMMARIZE SELECT 1",
        "DESCRIBE SELECT 1",
        "SELECT $1",
        "SELECT ?",
        "SELECT \0 1",
        "SELECT * FROM view_instance('log_entries', getenv('X'))",
        "SELECT * FROM view_instance((SELECT 'a'), 'b')",
        "SELECT * FROM log_entries AT (VERSION => 1)");
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void isRefusedWithoutEffect(String statement) throws IOException {
    String sql =
        statement
            .replace("DATA", folder.resolve("data").toString())
            .replace("OUT", folder.resolve("out").toString());
    assertThatThrownBy(() -> lake.rows(sql))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("query_id=");
    assertThat(files()).isEqualTo(before);
    assertThat(lake.one("SELECT abs(-1), count(*) FROM log_entries")).isEqualTo("1|100");
  }

  @Test
  void theCorpusIsLarge() {
    assertThat(hostile().count()).isGreaterThan(60);
  }

  @Test
  void harmlessTextThatLooksHostileRuns() {
    assertThat(lake.one("SELECT 'read_csv(''x'')' -- getenv('PATH')\n")).isEqualTo("read_csv('x')");
    assertThat(lake.one("SELECT 1 AS \"getenv('PATH')\";")).isEqualTo("1");
    assertThat(lake.one("SELECT $$; DROP TABLE x$$")).isEqualTo("; DROP TABLE x");
  }
}
