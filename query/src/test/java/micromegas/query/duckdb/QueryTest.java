package micromegas.query.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueryTest {
  @TempDir static Path folder;
  private static Lake lake;

  @BeforeAll
  static void open() throws IOException {
    lake = new Lake(folder);
    lake.logs(3, 1_000);
  }

  @AfterAll
  static void close() {
    assertThat(lake.tables.get("log_entries").open).isZero();
    lake.close();
  }

  @Test
  void oneIsOne() {
    assertThat(lake.rows("select 1")).containsExactly("1");
  }

  @Test
  void readsATableByNameAndAsAnInstance() {
    assertThat(lake.rows("SELECT count(*) FROM log_entries")).containsExactly("3000");
    assertThat(lake.rows("SELECT count(*) FROM view_instance('log_entries', 'p1') v"))
        .containsExactly("3000");
    assertThat(
            lake.rows(
                "SELECT log_entries.level, count(*) FROM log_entries WHERE level <= 2 GROUP BY 1"
                    + " ORDER BY 1"))
        .containsExactly("1|500", "2|500");
  }

  @Test
  void namesColumnsAsTheReferenceDoes() {
    assertThat(names("SELECT count(*), max(level), 1, 'x', sum(t.value) AS s FROM log_entries t"))
        .containsExactly("count(*)", "max(t.level)", "Int64(1)", "Utf8(\"x\")", "s");
    assertThat(
            names("SELECT Level, count(level) FROM view_instance('log_entries', 'x') GROUP BY 1"))
        .containsExactly("level", "count(view_instance().level)");
    assertThat(names("VALUES (1, 2)")).containsExactly("column1", "column2");
  }

  @Test
  void computesWithTimeInNanoseconds() {
    assertThat(lake.one("SELECT CAST(max(time) - min(time) AS BIGINT) FROM log_entries"))
        .isEqualTo("2999000000000");
    assertThat(
            lake.one(
                "SELECT CAST(date_trunc('minute', time) AS BIGINT),"
                    + " CAST(date_bin('5 minutes', time) AS BIGINT),"
                    + " CAST(date_bin(INTERVAL '1 month', time) AS BIGINT),"
                    + " CAST(date_bin(INTERVAL '60 second', time, timestamp '1970-01-01T00:00:00Z') AS BIGINT),"
                    + " CAST(time + INTERVAL '1 month' AS BIGINT), datepart('minute', time),"
                    + " extract(hour from time), CAST(time AS BIGINT) FROM log_entries"
                    + " WHERE value = 100"))
        .isEqualTo(
            "1735689660000000000|1735689600000000000|1735689600000000000|1735689660000000000|"
                + "1738368100000000001|1|0|1735689700000000001");
    assertThat(
            lake.one(
                "SELECT count(*) FROM log_entries WHERE time >= '2025-01-01T00:10:00Z'"
                    + " AND time < TIMESTAMP '2025-01-01T00:20:00+00:00'"
                    + " AND time BETWEEN '2000-01-01' AND NOW() AND now() - INTERVAL '1 hour' > time"))
        .isEqualTo("600");
    assertThat(lake.one("SELECT TIMESTAMP '2024-01-01T02:00:00+02:00' = '2024-01-01'::timestamp"))
        .isEqualTo("true");
    assertThat(lake.one("SELECT count(*) FROM log_entries WHERE time < '9999-12-31'::timestamptz"))
        .isEqualTo("3000");
    assertThat(
            lake.one(
                "SELECT CAST(to_timestamp(1) AS BIGINT), CAST(to_timestamp_millis(1500) AS BIGINT),"
                    + " CAST(to_timestamp('2024-01-01T00:00:00.5Z') AS BIGINT)"))
        .isEqualTo("1000000000|1500000000|1704067200500000000");
  }

  @Test
  void readsPropertiesInPlace() {
    assertThat(
            lake.rows(
                "SELECT property_get(properties, 'ZONE') AS zone, property_get(properties, 'n') AS n,"
                    + " properties_length(properties), jsonb_format_json(properties),"
                    + " jsonb_as_i64(jsonb_get(properties, 'n')), jsonb_as_f64(jsonb_get(properties, 'n')),"
                    + " jsonb_as_string(jsonb_get(properties, 'Zone')), property_get(properties, 'x')"
                    + " FROM log_entries WHERE value = 8"))
        .containsExactly("z3|1|2|{\"n\":1,\"zone\":\"z3\"}|1|1.0|z3|null");
    assertThat(
            lake.one(
                "SELECT jsonb_format_json(jsonb_parse('{\"b\":1,\"a\":[1, 2.50, -300, null, 1e300]}')),"
                    + " jsonb_parse('{\"a\":1') IS NULL, jsonb_array_length(jsonb_parse('[1,[2,3]]')),"
                    + " jsonb_as_i64(jsonb_parse('12.0')), jsonb_as_i64(jsonb_parse('18446744073709551615')),"
                    + " jsonb_format_json(jsonb_parse('18446744073709551615'))"))
        .isEqualTo("{\"a\":[1,2.5,-300,null,1e+300],\"b\":1}|true|2|12|null|18446744073709551615");
    assertThat(lake.one("SELECT encode(jsonb_parse('{\"b\":1,\"aa\":2,\"a\":3}'), 'hex')"))
        .isEqualTo(
            "40000003100000011000000210000001200000022000000220000002616161" + "62500350025001");
  }

  @Test
  void bytesThatAreNotADocumentAreNull() {
    for (String hex :
        List.of(
            "",
            "40",
            "40000005",
            "2000000020000009",
            "80000001",
            "ffffffff00000000",
            "400000011fffffff1fffffff",
            "4fffffff")) {
      assertThat(
              lake.one(
                  "SELECT property_get(decode('"
                      + hex
                      + "', 'hex'), 'a'),"
                      + " jsonb_format_json(decode('"
                      + hex
                      + "', 'hex')),"
                      + " jsonb_get(decode('"
                      + hex
                      + "', 'hex'), 'a')"))
          .as(hex)
          .isEqualTo("null|null|null");
    }
  }

  @Test
  void speaksTheReferencesDialect() {
    assertThat(lake.one("SELECT 7 / 2, 7.0 / 2, 1.5, sum(level), count(*) FROM log_entries"))
        .isEqualTo("3|3.5|1.5|10500|3000");
    assertThat(lake.rows("SELECT x FROM (VALUES (1), (NULL), (2)) AS v(x) ORDER BY x DESC"))
        .containsExactly("null", "2", "1");
    assertThat(lake.one("SELECT v.end FROM (SELECT 1 AS begin, 2 AS end) v WHERE begin == 1"))
        .isEqualTo("2");
    assertThat(
            lake.one(
                "SELECT CASE WHEN level = 1 THEN 'a' ELSE 'b' END AS table FROM log_entries WHERE value = 0"))
        .isEqualTo("a");
    assertThat(
            lake.one(
                "SELECT encode('ab'::blob, 'hex'), arrow_cast(1, 'Utf8'), CAST(3 AS INT UNSIGNED),"
                    + " nvl(NULL, 5), array_has(make_array('cpu', 'x'), 'cpu')"))
        .isEqualTo("6162|1|3|5|true");
    assertThat(
            lake.one(
                "SELECT jsonb_format_json(first_value(properties) FILTER (WHERE properties IS NOT NULL)) IS NOT NULL,"
                    + " approx_percentile_cont(value, 0.5) FROM log_entries"))
        .isEqualTo("true|1499.5");
    assertThat(
            lake.rows(
                "SELECT LAG(level) OVER (ORDER BY time) IS DISTINCT FROM level FROM log_entries ORDER BY time LIMIT 2"))
        .containsExactly("true", "true");
    assertThat(lake.rows("WITH log_entries AS (SELECT 1 AS level) SELECT * FROM log_entries"))
        .containsExactly("1");
    assertThat(lake.one("SELECT * FROM range(1, 3) WHERE value > 1")).isEqualTo("2");
  }

  @Test
  void buildsHistograms() {
    assertThat(
            lake.one(
                "SELECT count_from_histogram(h), sum_from_histogram(h), quantile_from_histogram(h, 0.0),"
                    + " quantile_from_histogram(h, 0.25), quantile_from_histogram(h, 0.5),"
                    + " quantile_from_histogram(h, 0.95), quantile_from_histogram(h, 1.5),"
                    + " round(variance_from_histogram(h), 6)"
                    + " FROM (SELECT make_histogram(0, 10, 5, v) AS h FROM"
                    + " (VALUES (1.0), (3), (3.5), (9), (12), (-1), (NULL)) AS t(v))"))
        .isEqualTo("6|27.5|0.0|1.5|3.0|9.7|10.0|24.441667");
  }

  @Test
  void aHistogramOfNoRowsHasItsWrittenBounds() {
    String none = " FROM log_entries WHERE level > 100";
    assertThat(
            lake.one(
                "SELECT count_from_histogram(h), sum_from_histogram(h), h['min'], h['end'],"
                    + " array_length(h['bins']), quantile_from_histogram(h, 0.5)"
                    + " FROM (SELECT make_histogram(0.0, 50.0, 4, value) AS h"
                    + none
                    + ")"))
        .isEqualTo("0|0.0|1.7976931348623157E308|50.0|4|50.0");
    assertThat(lake.one("SELECT make_histogram(value, value + 1, 4, value) IS NULL" + none))
        .isEqualTo("true");
  }

  @Test
  void listsTheKeysOfObjects() {
    assertThat(
            lake.rows(
                "SELECT DISTINCT unnest(arrow_cast(jsonb_object_keys(properties), 'List(Utf8)')) AS k"
                    + " FROM log_entries ORDER BY k"))
        .containsExactly("n", "zone");
    assertThat(
            lake.one(
                "SELECT jsonb_object_keys(jsonb_parse('[1]')) IS NULL,"
                    + " jsonb_object_keys(jsonb_parse('{\"b\":1,\"a\":2}'))"))
        .isEqualTo("true|[\"a\",\"b\"]");
  }

  @Test
  void listsItsTables() {
    assertThat(lake.rows("SHOW TABLES")).contains("datafusion|public|log_entries|BASE TABLE");
    assertThat(lake.rows("DESCRIBE log_entries"))
        .contains("time|Timestamp(ns, \"+00:00\")|YES", "target|Dictionary(Int32, Utf8)|YES");
    assertThat(
            lake.rows(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"))
        .contains("log_entries");
    assertThat(
            lake.schema("EXPLAIN SELECT * FROM log_entries").getFields().stream()
                .map(Field::getName))
        .containsExactly("plan_type", "plan");
  }

  private static List<String> names(String sql) {
    return lake.schema(sql).getFields().stream().map(Field::getName).toList();
  }
}
