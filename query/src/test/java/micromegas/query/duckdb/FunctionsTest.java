package micromegas.query.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import micromegas.common.BadRequestException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Values of the functions over documents, histograms and colours; the expected ones are those of
/// the reference implementation.
class FunctionsTest {
  @TempDir static Path folder;
  private static Lake lake;

  @BeforeAll
  static void open() throws IOException {
    lake = new Lake(folder);
    lake.logs(1, 3_000);
  }

  @AfterAll
  static void close() {
    lake.close();
  }

  private static final String ITEMS =
      "{\"items\":[{\"n\":\"a\",\"p\":5},{\"n\":\"b\",\"p\":20}],\"k\":{\"x\":1,\"y\":[1,2]},\"a b\":true,"
          + "\"s\":\"text\",\"z\":null}";

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "$.items[*].n;[\"a\",\"b\"];\"a\"",
        "$.items[*] ? (@.p > 10);[{\"n\":\"b\",\"p\":20}];{\"n\":\"b\",\"p\":20}",
        "$.items[last].p;[20];20",
        "$.items[last-1].p;[5];5",
        "$.nope;[];null",
        "items[0].n;[\"a\"];\"a\"",
        "$.items[0,1].p;[5,20];5",
        "$.items[0 to 1].p;[5,20];5",
        "$.items[0 to 7].p;[5,20];5",
        "$.items[5];[];null",
        "$.items[-1];[];null",
        "$.items.n;[];null",
        "$.k.*;[1,[1,2]];1",
        "$.\"a b\";[true];true",
        "$[\"a b\"];[true];true",
        "$:k:x;[1];1",
        "$.s[*];[\"text\"];\"text\"",
        "$.z;[null];null",
        "$.items[*] ? (@.n == \"a\" || @.p >= 20).p;[5,20];5",
        "$.items[*] ? (@.n == \"a\" && @.p >= 20).p;[];null",
        "$.items[*] ? (@.n starts with \"b\").p;[20];20",
        "$.items[*] ? (exists(@.p)).n;[\"a\",\"b\"];\"a\"",
        "$.items[*] ? (@.n != 5).p;[5,20];5",
        "$.items[*] ? (@.n > 5).p;[];null",
        "$.k ? (@.y == 2).x;[1];1",
        "$.items[*] ? ($.k.x == 1).p;[5,20];5",
        "$.k.**{1};[1,[1,2]];1",
        "$.k.**{last};[1,1,2];1",
        "$.k.x > 0;[true];true",
        "$.k.x + 2 * 3;[7];7",
        "$.k.x / 2;[0.5];0.5",
        "exists($.k);[true];true",
      })
  void pathsFindWhatTheReferenceFinds(String path, String all, String first) {
    String call = "jsonb_parse('" + ITEMS + "'), '" + path + "'";
    assertThat(
            lake.one(
                "SELECT jsonb_format_json(jsonb_path_query("
                    + call
                    + ")),"
                    + " jsonb_format_json(jsonb_path_query_first("
                    + call
                    + "))"))
        .isEqualTo(all + "|" + first);
  }

  @Test
  void anEmptyPathIsTheDocument() {
    assertThat(lake.one("SELECT jsonb_format_json(jsonb_path_query_first(jsonb_parse('[1]'), ''))"))
        .isEqualTo("[1]");
    assertThat(
            lake.one(
                "SELECT jsonb_path_query_first(NULL::blob, '$.a') IS NULL,"
                    + " jsonb_path_query(decode('4fffffff', 'hex'), '$.a') IS NULL"))
        .isEqualTo("true|true");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$.",
        "@.a",
        "$.a[",
        "$.a[x]",
        "$ ? (@.a)",
        "$.a.size()",
        "$.a ? (@ like_regex \"x\")",
        "$..a",
        "strict $.a",
        "$.a ? (!(@ == 1))",
        "$.\"a",
        "$.a b"
      })
  void aWrongPathIsAnError(String path) {
    assertThatThrownBy(
            () -> lake.rows("SELECT jsonb_path_query(jsonb_parse('{}'), '" + path + "')"))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("jsonb_path_query: invalid JSONPath '" + path + "': ");
  }

  @Test
  void aPathMayDifferInEveryRow() {
    assertThat(
            lake.rows(
                "SELECT jsonb_as_i64(jsonb_path_query_first(jsonb_parse('{\"a\":1,\"b\":2}'), p))"
                    + " FROM (VALUES ('$.a'), ('$.b'), (NULL)) v(p) ORDER BY p"))
        .containsExactly("1", "2", "null");
    assertThat(
            lake.rows(
                "SELECT jsonb_as_string(jsonb_path_query_first(properties, '$.zone')) AS z, count(*)"
                    + " FROM log_entries GROUP BY 1 ORDER BY 1"))
        .containsExactly("z0|600", "z1|600", "z2|600", "z3|600", "z4|600");
  }

  @Test
  void documentsAreTakenApart() {
    assertThat(
            lake.rows(
                "SELECT key, jsonb_format_json(value) FROM jsonb_each(jsonb_parse('{\"b\":1,\"a\":[2]}'))"))
        .containsExactly("a|[2]", "b|1");
    assertThat(
            lake.rows(
                "SELECT e.key, jsonb_as_string(e.value) FROM jsonb_each((SELECT properties FROM log_entries"
                    + " WHERE value = 8 LIMIT 1)) AS e"))
        .containsExactly("n|null", "zone|z3");
    assertThat(lake.rows("SELECT key FROM jsonb_each(jsonb_parse('[5,6]'))"))
        .containsExactly("0", "1");
    assertThat(
            lake.rows("SELECT jsonb_as_i64(value) FROM jsonb_array_elements(jsonb_parse('[1,2]'))"))
        .containsExactly("1", "2");
    assertThat(
            lake.one(
                "SELECT count(*) FROM jsonb_each((SELECT properties FROM log_entries LIMIT 100))"))
        .isEqualTo("200");
    assertThat(lake.rows("SELECT * FROM jsonb_each(CAST(NULL AS BLOB))")).isEmpty();
    assertThat(
            lake.rows(
                "SELECT * FROM jsonb_array_elements((SELECT properties FROM log_entries WHERE level > 9))"))
        .isEmpty();
    assertThatThrownBy(() ->
            lake.rows(
                "SELECT * FROM jsonb_each((SELECT properties FROM log_entries WHERE level > 9))"))
        .hasMessageContaining("jsonb_each subquery returned no rows");
    assertThatThrownBy(() -> lake.rows("SELECT * FROM jsonb_each(jsonb_parse('1'))"))
        .hasMessageContaining("jsonb_each: input is not a JSONB object or array");
    assertThatThrownBy(() -> lake.rows("SELECT * FROM jsonb_array_elements(jsonb_parse('{}'))"))
        .hasMessageContaining("not a JSONB array");
    assertThatThrownBy(() ->
            lake.rows("SELECT * FROM jsonb_each((SELECT properties, level FROM log_entries))"))
        .hasMessageContaining("jsonb_each subquery must return one column, not 2");
    assertThatThrownBy(() -> lake.rows("SELECT * FROM jsonb_each()"))
        .hasMessageContaining("jsonb_each takes one argument");
  }

  private static final String HISTOGRAM =
      "(SELECT make_histogram(0, 10, 5, v) AS h FROM"
          + " (VALUES (1.0), (3), (3.5), (9), (12), (-1), (NULL)) AS t(v))";

  @Test
  void histogramsAreTakenApart() {
    assertThat(lake.rows("SELECT bin_center, count FROM expand_histogram(" + HISTOGRAM + ")"))
        .containsExactly("1.0|2", "3.0|2", "5.0|0", "7.0|0", "9.0|2");
    assertThatThrownBy(() ->
            lake.rows(
                "SELECT * FROM expand_histogram((SELECT make_histogram(0, 1, 2, value) AS h"
                    + " FROM log_entries GROUP BY level HAVING level > 9))"))
        .hasMessageContaining("expand_histogram subquery returned no rows");
    assertThat(
            lake.rows(
                "SELECT * FROM expand_histogram((SELECT make_histogram(value, value, 2, value)"
                    + " FROM log_entries WHERE level > 9))"))
        .isEmpty();
    assertThat(
            lake.rows(
                "SELECT bin_center FROM expand_histogram((SELECT make_histogram(3, 3, 2, 3.0)))"))
        .containsExactly("3.5", "4.5");
  }

  @Test
  void histogramsAreSummed() {
    String perLevel =
        "(SELECT level, make_histogram(0, 3000, 30, value) AS h FROM log_entries GROUP BY level)";
    assertThat(
            lake.one(
                "SELECT s.h = t.h, s.h['count'] FROM (SELECT sum_histograms(h) AS h FROM "
                    + perLevel
                    + " p) s, (SELECT make_histogram(0, 3000, 30, value) AS h FROM log_entries) t"))
        .isEqualTo("true|3000");
    assertThat(
            lake.one(
                "SELECT quantile_from_histogram(sum_histograms(h), 0.95),"
                    + " count_from_histogram(sum_histograms(h) FILTER (WHERE level <= 2)) FROM "
                    + perLevel
                    + " p"))
        .isEqualTo("2850.0|1000");
    assertThat(lake.one("SELECT sum_histograms(h) IS NULL FROM " + perLevel + " p WHERE level > 9"))
        .isEqualTo("true");
    assertThat(
            lake.one(
                "SELECT count_from_histogram(sum_histograms(CASE WHEN level = 1 THEN NULL ELSE h END)) FROM "
                    + perLevel
                    + " p"))
        .isEqualTo("2500");
    assertThatThrownBy(() ->
            lake.rows(
                "SELECT sum_histograms(h) FROM (SELECT make_histogram(0, 1, 2, value) AS h FROM log_entries"
                    + " UNION ALL SELECT make_histogram(0, 1, 3, value) FROM log_entries) u"))
        .hasMessageContaining("Error merging incompatible histograms");
  }

  @ParameterizedTest
  @CsvSource({
    "viridis,440154,3a518b,20908c,5cc862,fde725",
    "magma,000004,50127b,b53679,fb8760,fcfdbf",
    "plasma,0d0887,7d03a8,cb4678,f79440,f0f921",
    "inferno,000004,560f6d,bb3654,f98c09,fcffa4",
    "cividis,002051,3c4d6d,7f7b74,baae70,fde945",
    "turbo,22171b,25bce1,94fa50,ff821d,900c00",
  })
  void scalesHaveTheColoursOfTheReference(
      String scale, String at0, String at25, String at50, String at75, String at100) {
    List<String> expected = List.of(at0, at25, at50, at75, at100);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(
              lake.one(
                  "SELECT lower(printf('%x', CAST(color_scale('"
                      + scale
                      + "', "
                      + i / 4.0
                      + ", 1) AS BIGINT)))"))
          .as(scale + " " + i)
          .isEqualTo((expected.get(i) + "ff").replaceFirst("^0+", ""));
    }
  }

  @Test
  void coloursAreNumbers() {
    assertThat(
            lake.one(
                "SELECT CAST(rgba(1, 0, 0.5, 1) AS TEXT),"
                    + " CAST(lerp_color(rgba(1,0,0,1), rgba(0,0,1,1), 0.5) AS TEXT),"
                    + " CAST(color_scale('VIRIDIS', -5, 1) AS TEXT), rgba(NULL, 0, 0, 0) IS NULL,"
                    + " CAST(rgba(2, -1, CAST('nan' AS DOUBLE), 1) AS TEXT),"
                    + " arrow_typeof(rgba(0, 0, 0, 0))"))
        .isEqualTo("4278223103|2147516671|1140937983|true|4278190335|UInt32");
    assertThatThrownBy(() -> lake.rows("SELECT color_scale('jet', 0, 1)"))
        .hasMessageContaining(
            "color_scale(): unknown colormap 'jet'. Recognized: viridis, magma, plasma, inferno, cividis, turbo");
  }

  @Test
  void numbersAreInterpolated() {
    assertThat(
            lake.one(
                "SELECT bin_center(7.4, 5), bin_center(7.5, 5), isnan(bin_center(1, 0)),"
                    + " lerp(10, 20, 0.25), unlerp(10, 20, 12.5), lerp(NULL, 1, 1) IS NULL"))
        .isEqualTo("5.0|10.0|true|12.5|0.25|true");
  }

  @Test
  void typesHaveArrowNames() {
    assertThat(
            lake.one(
                "SELECT arrow_typeof(1), arrow_typeof('x'), arrow_typeof(1.5), arrow_typeof(time),"
                    + " arrow_typeof(['a']), arrow_typeof(level), arrow_typeof(properties)"
                    + " FROM log_entries LIMIT 1"))
        .isEqualTo("Int64|Utf8|Float64|Timestamp(ns, \"+00:00\")|List(Utf8)|Int32|Binary");
  }

  @Test
  void idiomsOfRealQueriesWork() {
    for (String sql :
        List.of(
            "SELECT date_bin(INTERVAL '1 minute', time) AS time, max(value) FROM log_entries"
                + " GROUP BY date_bin(INTERVAL '1 minute', time) ORDER BY time",
            "SELECT date_bin(interval '60 second', time, timestamp '1970-01-01T00:00:00Z') FROM log_entries",
            "SELECT datepart('minute', time), cast('2026-01-01T00:00:00Z' as timestamp) FROM log_entries"
                + " WHERE time >= '2024-01-01T00:00:00Z'",
            "SELECT level, jsonb_format_json(first_value(properties) FILTER (WHERE properties IS NOT NULL))"
                + " FROM log_entries GROUP BY level",
            "SELECT time FROM (SELECT time, jsonb_format_json(properties) AS p,"
                + " LAG(jsonb_format_json(properties)) OVER (ORDER BY time) AS q FROM log_entries) t"
                + " WHERE p IS DISTINCT FROM q",
            "SELECT arrow_cast(property_get(properties, 'zone'), 'Utf8') AS z, concat('a', level) FROM log_entries",
            "SELECT DISTINCT unnest(arrow_cast(jsonb_object_keys(properties), 'List(Utf8)')) FROM log_entries",
            "SELECT CAST((e.time - b.time) AS BIGINT) / 1000000 FROM log_entries b JOIN log_entries e ON e.value = b.value + 1",
            "SELECT array_has(['cpu'], 'cpu'), array_position(['log'], 'log') is not NULL",
            "SELECT encode(properties, 'hex') FROM log_entries WHERE properties <> decode('00f067aa0ba902b7', 'hex')",
            "SELECT REPEAT('  ', CAST(level AS INT UNSIGNED)) || msg AS name FROM log_entries",
            "SELECT level, MAX(count(*)) OVER () FROM log_entries GROUP BY level",
            "SELECT level, count(*) AS cnt FROM log_entries GROUP BY level HAVING cnt > 3",
            "SELECT 1 AS value, 2 AS index, 3 AS table, time AS time FROM log_entries WHERE level == 1",
            "SELECT begin, \"end\" FROM (SELECT 1 AS begin, 2 AS \"end\") t",
            "SELECT TIMESTAMP '2026-08-01T00:00:00.123456+00:00', TIMESTAMP '2026-08-01T00:00:00Z'")) {
      assertThat(lake.rows(sql)).as(sql).isNotEmpty();
    }
  }
}
