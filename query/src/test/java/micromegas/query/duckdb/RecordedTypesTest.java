package micromegas.query.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import micromegas.query.EventTimeColumns;
import micromegas.query.ScanPart;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Column names and types of the queries that were recorded from the reference implementation, over
/// small files with the columns of its views. The types are those of its answers.
class RecordedTypesTest {
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("Int(32, true)", "int32"),
          Map.entry("Int(64, true)", "int64"),
          Map.entry("Int(64, false)", "uint64"),
          Map.entry("Int(32, false)", "uint32"),
          Map.entry("Utf8", "string"),
          Map.entry("Bool", "bool"),
          Map.entry("FloatingPoint(DOUBLE)", "double"),
          Map.entry("Timestamp(NANOSECOND, +00:00)", "time"));

  @TempDir static Path folder;
  private static Lake lake;

  @BeforeAll
  static void open() throws IOException {
    lake = new Lake(folder);
    view(
        "log_entries",
        List.of(
            Lake.dictionary("process_id", ArrowType.Utf8.INSTANCE),
            Lake.field("time", Lake.TIME),
            Lake.dictionary("target", ArrowType.Utf8.INSTANCE),
            Lake.field("level", new ArrowType.Int(32, true)),
            Lake.field("msg", ArrowType.Utf8.INSTANCE),
            Lake.dictionary("properties", ArrowType.Binary.INSTANCE),
            Lake.dictionary("process_properties", ArrowType.Binary.INSTANCE)),
        """
        SELECT 'p' || (i % 2) AS process_id, TIMESTAMP '2025-01-01T00:00:00.000000001Z' AS time,
          't' AS target, CAST(1 + i % 6 AS INTEGER) AS level, repeat('m', CAST(i AS INTEGER)) AS msg,
          jsonb_parse('{"zone":"a"}') AS properties, jsonb_parse('{"build.id":7}') AS process_properties
        FROM range(100) AS r(i)
        """);
    view(
        "measures",
        List.of(
            Lake.field("time", Lake.TIME),
            Lake.dictionary("name", ArrowType.Utf8.INSTANCE),
            Lake.dictionary("unit", ArrowType.Utf8.INSTANCE),
            Lake.dictionary("target", ArrowType.Utf8.INSTANCE),
            Lake.field("value", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE)),
            Lake.field("depth", new ArrowType.Int(32, false)),
            Lake.dictionary("properties", ArrowType.Binary.INSTANCE),
            new Field(
                "tags",
                FieldType.nullable(ArrowType.List.INSTANCE),
                List.of(new Field("tag", FieldType.notNullable(ArrowType.Utf8.INSTANCE), null)))),
        """
        SELECT TIMESTAMP '2025-01-01T00:00:00.000000001Z' AS time, 'frame_time' AS name, 'ms' AS unit,
          't' AS target, CAST(i AS DOUBLE) + 0.7 AS value, CAST(i AS UINTEGER) AS depth,
          jsonb_parse('{"b":1,"a":{}}') AS properties, ['cpu', 'x'] AS tags
        FROM range(100) AS r(i)
        """);
  }

  private static void view(String name, List<Field> columns, String sql) throws IOException {
    Lake.Table table = lake.table(name, new Schema(columns), EventTimeColumns.instant("time"));
    table.parts.add(new ScanPart.ParquetFiles(List.of(lake.file(name, sql))));
  }

  @AfterAll
  static void close() {
    lake.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          n:int64 | SELECT count(*) AS n FROM view_instance('log_entries', 'p1')
          time:time level:int32 target:string msg:string | SELECT time, level, target, msg FROM view_instance('log_entries', 'p1') ORDER BY time, level, target, msg LIMIT 300
          level:int32 target:string n:int64 t0:time t1:time | SELECT level, target, count(*) AS n, min(time) AS t0, max(time) AS t1 FROM log_entries GROUP BY level, target ORDER BY level, target
          zone:string build:string n:int64 | SELECT property_get(properties, 'zone') AS zone, property_get(process_properties, 'build.id') AS build, count(*) AS n FROM log_entries GROUP BY zone, build ORDER BY zone, build
          p:string | SELECT DISTINCT jsonb_format_json(properties) AS p FROM log_entries ORDER BY p
          level:int32 n:int64 | SELECT level, count(*) AS n FROM log_entries WHERE process_id = 'p1' GROUP BY level ORDER BY level
          t:time n:int64 | SELECT date_bin(INTERVAL '1 second', time) AS t, count(*) AS n FROM log_entries GROUP BY t ORDER BY t
          len:int32 n:int64 | SELECT length(msg) AS len, count(*) AS n FROM log_entries GROUP BY len ORDER BY len
          name:string unit:string target:string n:int64 lo:double hi:double s:double | SELECT name, unit, target, count(*) AS n, min(value) AS lo, max(value) AS hi, sum(value) AS s FROM measures GROUP BY name, unit, target ORDER BY name, unit, target
          time:time name:string unit:string value:double p:string | SELECT time, name, unit, value, jsonb_format_json(properties) AS p FROM measures ORDER BY time, name, value LIMIT 300
          name:string p50:double n:uint64 | SELECT name, quantile_from_histogram(make_histogram(0.0, 50.0, 100, value), 0.5) AS p50, count_from_histogram(make_histogram(0.0, 50.0, 100, value)) AS n FROM measures WHERE name = 'frame_time' GROUP BY name
          Int64(1):int64 | SELECT 1
          x:int64 y:int64 | SELECT * FROM (SELECT 1 AS x, level + 1 AS y FROM log_entries)
          level:int32 c:int64 d:int64 e:int64 | SELECT level, CASE WHEN level > 2 THEN 1 ELSE 0 END AS c, coalesce(level, 0) AS d, sum(level) AS e FROM log_entries GROUP BY 1
          depth:uint32 a:int64 s:uint64 r:uint64 | SELECT depth, depth - 1 AS a, sum(depth) AS s, row_number() OVER () AS r FROM measures GROUP BY depth
          m:int32 n:int64 x:int32 | SELECT date_part('minute', time) AS m, extract(nanosecond from time) AS n, extract(hour from time) AS x FROM log_entries
          i:int32 | SELECT CAST(value AS INT) AS i FROM measures
          column1:int64 column2:string | VALUES (1, 'a')
          """)
  void typesAreThoseOfTheRecordings(String columns, String sql) {
    assertThat(columns(sql)).isEqualTo(columns);
    // Every batch fits its schema.
    assertThat(lake.rows(sql)).isNotEmpty();
  }

  private static String columns(String sql) {
    return lake.schema(sql).getFields().stream()
        .map(field -> field.getName() + ":" + type(field))
        .collect(Collectors.joining(" "));
  }

  private static String type(Field field) {
    String text = field.getType().toString();
    return TYPES.getOrDefault(text, text);
  }

  @Test
  void unsignedColumnsDoNotOverflow() {
    assertThat(lake.one("SELECT min(depth - 1), max(level - 10) FROM measures, log_entries"))
        .isEqualTo("-1|-4");
  }

  @Test
  void castsToIntegersCutOff() {
    assertThat(
            lake.one("SELECT CAST(1.7 AS INT), CAST(-1.7 AS BIGINT), 2.5::int, CAST('7' AS INT)"))
        .isEqualTo("1|-1|2|7");
    // 0.7 to 99.7: the bounds must not be rounded either.
    assertThat(
            lake.one(
                "SELECT count(*) FILTER (WHERE CAST(value AS INT) = 0), min(CAST(value AS INT)),"
                    + " max(CAST(value AS INT)) FROM measures"))
        .isEqualTo("1|0|99");
    assertThat(lake.one("SELECT count(*) FROM measures WHERE CAST(value AS INT) = 0"))
        .isEqualTo("1");
    assertThat(lake.one("SELECT count(*) FROM measures WHERE CAST(value AS BIGINT) > 99"))
        .isEqualTo("0");
    assertThat(
            lake.one(
                "SELECT count(*) FROM (SELECT value AS v FROM measures) WHERE CAST(v AS BIGINT) < 1"))
        .isEqualTo("1");
    List<String> failures = new ArrayList<>();
    for (String value : List.of("1e10", "'NaN'::double", "-1.5e20")) {
      try {
        failures.add(lake.one("SELECT CAST(" + value + " AS INT)"));
      } catch (micromegas.common.BadRequestException e) {
        failures.add("refused");
      }
    }
    assertThat(failures).containsExactly("refused", "refused", "refused");
    assertThat(lake.one("SELECT TRY_CAST(1e10 AS INT), TRY_CAST(3.9 AS INT)")).isEqualTo("null|3");
    assertThat(
            lake.one(
                "SELECT CAST(-0.9 AS INT UNSIGNED),"
                    + " CAST(CAST(1.8e19 AS BIGINT UNSIGNED) AS VARCHAR)"))
        .isEqualTo("0|18000000000000000000");
  }

  @Test
  void listsKeepTheirElements() {
    for (String sql :
        List.of("SELECT tags AS t FROM measures", "SELECT m.tags FROM measures m LIMIT 1")) {
      Field element = lake.schema(sql).getFields().getFirst().getChildren().getFirst();
      assertThat(element.getName()).isEqualTo("tag");
      assertThat(element.isNullable()).isFalse();
    }
    Field star = lake.schema("SELECT * FROM measures").findField("tags");
    assertThat(star.getChildren().getFirst().getName()).isEqualTo("tag");
    assertThat(lake.one("SELECT tags FROM measures LIMIT 1")).isEqualTo("[\"cpu\",\"x\"]");
    Field other = lake.schema("SELECT array_agg(name) AS tags FROM measures").findField("tags");
    assertThat(other.getChildren().getFirst().getName()).isEqualTo("item");
  }

  @Test
  void columnsOfInnerQueriesHaveTheReferencesNames() {
    assertThat(lake.one("SELECT \"count(*)\" + 1 FROM (SELECT count(*) FROM measures)"))
        .isEqualTo("101");
  }
}
