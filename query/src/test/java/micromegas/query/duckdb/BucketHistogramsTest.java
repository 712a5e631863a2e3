package micromegas.query.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Functions over the histograms of OpenTelemetry.
class BucketHistogramsTest {
  @TempDir static Path folder;
  private static Lake lake;

  @BeforeAll
  static void open() throws IOException {
    lake = new Lake(folder);
    lake.logs(1, 30_000);
  }

  @AfterAll
  static void close() {
    lake.close();
  }

  @Test
  void explicitBucketsAddUp() {
    assertThat(
            sum(
                "{\"bounds\":[1,2.5],\"counts\":[1,2,3],\"count\":6,\"sum\":14,\"min\":0.5,\"max\":7}",
                "{\"bounds\":[],\"counts\":[],\"count\":0}",
                "{\"bounds\":[1,2.5],\"counts\":[10,0,1],\"count\":11,\"sum\":10,\"min\":-1,\"max\":5}"))
        .isEqualTo(
            "{\"bounds\":[1.0,2.5],\"count\":17,\"counts\":[11,2,4],\"max\":7.0,\"min\":-1.0,\"sum\":24.0}");
    // What one does not know, the sum does not know.
    assertThat(
            sum(
                "{\"bounds\":[1],\"counts\":[1,2],\"count\":3,\"sum\":14,\"min\":0.5}",
                "{\"bounds\":[1],\"counts\":[1,2],\"count\":3,\"max\":1}"))
        .isEqualTo("{\"bounds\":[1.0],\"count\":6,\"counts\":[2,4]}");
    assertThat(sum("{\"bounds\":[],\"counts\":[],\"count\":2}", "{\"count\":1}", "[]"))
        .isEqualTo("{\"bounds\":[],\"count\":2,\"counts\":[]}");
    assertThat(lake.one("SELECT sum_histograms(jsonb_parse('7')) IS NULL")).isEqualTo("true");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"bounds\":[1,3],\"counts\":[1,2,3],\"count\":6}",
        "{\"bounds\":[1],\"counts\":[1,2],\"count\":3}",
        "{\"scale\":0,\"positive\":{\"offset\":0,\"counts\":[1]},\"count\":1}",
      })
  void bucketsThatDoNotFitAreAnError(String other) {
    assertThatThrownBy(() -> sum("{\"bounds\":[1,2],\"counts\":[1,2,3],\"count\":6}", other))
        .hasMessageContaining("Error merging incompatible histograms: they have different bounds");
  }

  @Test
  void exponentialBucketsAddUpAtTheCoarserScale() {
    // Scale 1: (2,2.83] 1, (2.83,4] 2, (4,5.66] 4; of scale 0: (2,4] 3, (4,8] 4.
    assertThat(
            sum(
                "{\"scale\":1,\"zero_count\":1,\"positive\":{\"offset\":2,\"counts\":[1,2,4]},\"count\":8}",
                "{\"scale\":0,\"zero_count\":2,\"positive\":{\"offset\":3,\"counts\":[5]},"
                    + "\"negative\":{\"offset\":-1,\"counts\":[6]},\"count\":13}"))
        .isEqualTo(
            "{\"count\":21,\"negative\":{\"counts\":[6],\"offset\":-1},\"positive\":{\"counts\":[3,4,5],\"offset\":1},"
                + "\"scale\":0,\"zero_count\":3,\"zero_threshold\":0.0}");
    // 3 cuts (2,4], so that everything up to 4 is zero.
    assertThat(
            sum(
                "{\"scale\":0,\"zero_count\":1,\"positive\":{\"offset\":0,\"counts\":[1,2,4]},\"count\":8}",
                "{\"scale\":0,\"zero_count\":2,\"zero_threshold\":3,\"count\":2}"))
        .isEqualTo(
            "{\"count\":10,\"negative\":{\"counts\":[],\"offset\":0},\"positive\":{\"counts\":[4],\"offset\":2},"
                + "\"scale\":0,\"zero_count\":6,\"zero_threshold\":4.0}");
    // Far apart: coarse enough to stay small.
    String far =
        sum(
            "{\"scale\":20,\"positive\":{\"offset\":-2147483648,\"counts\":[1]},\"count\":1}",
            "{\"scale\":20,\"positive\":{\"offset\":2147483647,\"counts\":[1]},\"count\":1}");
    assertThat(far).contains("\"scale\":1,").hasSizeLessThan(20_000);
    // No index of a bucket.
    assertThat(sum("{\"scale\":0,\"positive\":{\"offset\":1e12,\"counts\":[1]},\"count\":1}"))
        .isEqualTo("null");
  }

  /// The sum of histograms is the histogram of all their values.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void theSumIsTheHistogramOfAllValues(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<String> parts = new ArrayList<>();
    List<Double> all = new ArrayList<>();
    int coarsest = 20;
    for (int part = 0; part < 12; part++) {
      int scale = random.nextInt(-3, 5);
      double[] values = new double[random.nextInt(1, 40)];
      double middle = random.nextDouble(-20, 20);
      Arrays.setAll(
          values,
          i ->
              random.nextInt(10) == 0
                  ? 0
                  : Math.exp(middle + 3 * random.nextDouble()) * (random.nextBoolean() ? 1 : -1));
      coarsest = Math.min(coarsest, scale);
      parts.add(exponential(scale, values));
      Arrays.stream(values).forEach(all::add);
    }
    String expected =
        exponential(coarsest, all.stream().mapToDouble(Double::doubleValue).toArray());
    assertThat(sum(parts.toArray(String[]::new)))
        .isEqualTo(lake.one("SELECT jsonb_format_json(jsonb_parse('" + expected + "'))"));
  }

  private static String exponential(int scale, double[] values) {
    long zeros = Arrays.stream(values).filter(value -> value == 0).count();
    return "{\"scale\":%d,\"zero_count\":%d,\"zero_threshold\":0.0,\"count\":%d,\"positive\":%s,\"negative\":%s}"
        .formatted(scale, zeros, values.length, side(scale, values, 1), side(scale, values, -1));
  }

  private static String side(int scale, double[] values, int sign) {
    int[] indices =
        Arrays.stream(values)
            .filter(value -> value * sign > 0)
            .mapToInt(value -> index(scale, Math.abs(value)))
            .toArray();
    if (indices.length == 0) {
      return "{\"offset\":0,\"counts\":[]}";
    }
    int first = Arrays.stream(indices).min().orElseThrow();
    long[] counts = new long[Arrays.stream(indices).max().orElseThrow() - first + 1];
    for (int index : indices) {
      counts[index - first]++;
    }
    return "{\"offset\":%d,\"counts\":%s}".formatted(first, Arrays.toString(counts));
  }

  /// The bucket is above its lower bound, so one less than the logarithm rounded up.
  private static int index(int scale, double value) {
    return (int) Math.ceil(Math.log(value) / Math.log(2) * Math.pow(2, scale)) - 1;
  }

  /// Many groups and rows, in an order in which every row has another group than the one before.
  @Test
  void groupsAreSummedSideBySide() {
    String perRow =
        """
        (SELECT value % 1000 AS part, jsonb_parse(
            '{"bounds":[10,20],"counts":[1,' || CAST(value % 3 AS BIGINT) || ',0],"count":'
            || CAST(1 + value % 3 AS BIGINT) || ',"sum":' || CAST(value AS BIGINT) || '}') AS h
          FROM log_entries)
        """;
    assertThat(
            lake.one(
                """
                SELECT count(*), sum(count_from_histogram(h)), sum(sum_from_histogram(h)),
                  count(DISTINCT sum_from_histogram(h)),
                  min(jsonb_format_json(jsonb_get(h, 'bounds')))
                FROM (SELECT part, sum_histograms(h) AS h FROM %s GROUP BY part)
                """
                    .formatted(perRow)))
        .isEqualTo(
            lake.one(
                """
                SELECT 1000, CAST(sum(CAST(1 + value % 3 AS BIGINT)) AS BIGINT),
                  sum(CAST(CAST(value AS BIGINT) AS DOUBLE)), 1000, '[10.0,20.0]'
                FROM log_entries
                """));
    assertThat(lake.one("SELECT count_from_histogram(sum_histograms(h)) FROM " + perRow))
        .isEqualTo(lake.one("SELECT sum(CAST(1 + value % 3 AS BIGINT)) FROM log_entries"));
  }

  @Test
  void quantilesAndVarianceOfASum() {
    String two =
        values(
            "{\"bounds\":[10,20],\"counts\":[0,4,0],\"count\":4}",
            "{\"bounds\":[10,20],\"counts\":[0,4,0],\"count\":4}");
    assertThat(lake.one("SELECT quantile_from_histogram(sum_histograms(h), 0.25) FROM " + two))
        .isEqualTo("12.5");
    // Eight observations spread over (10,20]: 100/12, and 8/7 of it for a sample.
    assertThat(
            Double.parseDouble(
                lake.one("SELECT variance_from_histogram(sum_histograms(h)) FROM " + two)))
        .isCloseTo(100 / 12.0 * 8 / 7, within(1e-9));
    assertThat(
            lake.one(
                "SELECT variance_from_histogram(h) FROM "
                    + values("{\"bounds\":[10],\"counts\":[1,0],\"count\":1}")))
        .isEqualTo("NaN");
    assertThat(lake.one("SELECT variance_from_histogram(jsonb_parse('[]')) IS NULL"))
        .isEqualTo("true");
    assertThat(
            lake.one(
                "SELECT round(variance_from_histogram(make_histogram(0, 10, 5, value)), 9) FROM"
                    + " (VALUES (1.0), (3), (5)) AS t(value)"))
        .isEqualTo("4.0");
  }

  /// Observations of a known distribution: the estimate is near what the values say.
  @Test
  void theVarianceIsAnEstimate() {
    SplittableRandom random = new SplittableRandom(5);
    double[] values = random.doubles(2_000, 1, 9).toArray();
    double mean = Arrays.stream(values).average().orElseThrow();
    double variance =
        Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / (values.length - 1);
    assertThat(
            Double.parseDouble(
                lake.one(
                    "SELECT variance_from_histogram(h) FROM " + values(exponential(3, values)))))
        .isCloseTo(variance, within(variance / 50));
  }

  private static String sum(String... documents) {
    return lake.one("SELECT jsonb_format_json(sum_histograms(h)) FROM " + values(documents));
  }

  private static String values(String... documents) {
    return IntStream.range(0, documents.length)
        .mapToObj(i -> String.format(Locale.ROOT, "(jsonb_parse('%s'))", documents[i]))
        .collect(Collectors.joining(", ", "(VALUES ", ") AS t(h)"));
  }
}
