package micromegas.query.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import micromegas.common.TimeRange;
import micromegas.query.EventTimeColumns;
import micromegas.query.FunctionCall;
import micromegas.query.ScanPart;
import micromegas.query.ScanPlan;
import micromegas.query.ScanRequest;
import micromegas.query.TableFunction;
import micromegas.query.TableProvider;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Conditions around a query reach the tables inside it: how many files are read, and that the rows
/// are those of a query that reads all files.
@Timeout(300)
class PushDownTest {
  /// Files: one per hour, of one process each.
  private static final int FILES = 8;

  private static final Instant START = Instant.parse("2025-01-01T00:00:00Z");

  @TempDir static Path folder;
  private static Lake lake;
  private static Hourly events;

  @BeforeAll
  static void open() throws IOException {
    lake = new Lake(folder);
    List<Path> files = new ArrayList<>();
    for (int hour = 0; hour < FILES; hour++) {
      files.add(
          lake.file(
              "hour" + hour,
              """
              SELECT 'p%d' AS process_id, 's' || (i %% 3) AS stream_id,
                TIMESTAMP '2025-01-01T00:00:00Z' + INTERVAL '1 hour' * %d
                  + INTERVAL '1 minute' * i AS insert_time,
                TIMESTAMP '2025-01-01T00:00:00Z' + INTERVAL '1 hour' * %d
                  + INTERVAL '1 minute' * i AS time,
                'target' || (i %% 2) AS target, CAST(1 + i %% 6 AS INTEGER) AS level,
                'message ' || i AS msg, jsonb_parse('{}') AS properties,
                CAST(%d + i AS DOUBLE) AS value
              FROM range(0, 12) AS r(i)
              """
                  .formatted(hour % 3, hour, hour, 100 * hour)));
    }
    events = new Hourly(files);
    lake.extraTables.add(events);
    lake.functions.add(new EventsOf());
  }

  @AfterAll
  static void close() {
    lake.close();
  }

  /// A table that prunes by what it is asked for, unless told not to.
  private static final class Hourly implements TableProvider {
    private final List<Path> files;
    boolean prunes = true;
    int read;

    Hourly(List<Path> files) {
      this.files = files;
    }

    @Override
    public String name() {
      return "events";
    }

    @Override
    public Schema schema() {
      return Lake.LOG_SCHEMA;
    }

    @Override
    public Optional<EventTimeColumns> eventTime() {
      return Optional.of(EventTimeColumns.instant("time"));
    }

    @Override
    public ScanPlan scan(ScanRequest request) {
      List<Path> matching = new ArrayList<>();
      for (int hour = 0; hour < files.size(); hour++) {
        Instant begin = START.plus(Duration.ofHours(hour));
        TimeRange range = TimeRange.of(begin, begin.plus(Duration.ofMinutes(11)));
        boolean wanted =
            request.eventTime().intersect(range).isPresent()
                && request.insertTime().intersect(range).isPresent()
                && (request.processIds().isEmpty()
                    || request.processIds().contains("p" + hour % 3));
        if (wanted || !prunes) {
          matching.add(files.get(hour));
        }
      }
      read += matching.size();
      return new ScanPlan(List.of(new ScanPart.ParquetFiles(matching)), Optional.empty(), () -> {});
    }
  }

  /// `events_of(process)`: a function that is a query.
  private record EventsOf() implements TableFunction.Expanded {
    @Override
    public String name() {
      return "events_of";
    }

    @Override
    public Schema schema() {
      return Lake.LOG_SCHEMA;
    }

    @Override
    public String expand(FunctionCall call) {
      return "SELECT * FROM events WHERE process_id = '" + call.arguments().text(0) + "'";
    }
  }

  /// Runs `sql` with and without pruning.
  ///
  /// @return files read with pruning
  private static int filesRead(String sql) {
    events.prunes = false;
    List<String> all = sorted(lake.rows(sql));
    events.prunes = true;
    events.read = 0;
    List<String> pruned = sorted(lake.rows(sql));
    assertThat(pruned).as(sql).isEqualTo(all);
    return events.read;
  }

  private static List<String> sorted(List<String> rows) {
    List<String> sorted = new ArrayList<>(rows);
    Collections.sort(sorted);
    return sorted;
  }

  private static void assertFiles(int expected, String sql) {
    assertThat(filesRead(sql)).as(sql).isEqualTo(expected);
  }

  private static final String LATE = "time >= '2025-01-01T06:00:00Z'";

  @Test
  void theFirstRowsOfAnOrderAreReadLate() {
    String sorted =
        "SELECT process_id, time, target, level, msg, value FROM events ORDER BY value DESC";
    String first = sorted + " LIMIT 60 OFFSET 5";
    assertThat(lake.one("EXPLAIN " + first)).contains("SEMI", "file_row_number");
    assertThat(lake.rows(first)).isEqualTo(lake.rows(sorted).subList(5, 65));
  }

  @Test
  void intoSubqueriesAndWith() {
    assertFiles(2, "SELECT count(*) FROM (SELECT * FROM events) e WHERE " + LATE);
    assertFiles(
        2,
        "SELECT count(*) FROM (SELECT time AS t, level FROM events) e WHERE t >= '2025-01-01 06:00'");
    assertFiles(2, "WITH e AS (SELECT * FROM events) SELECT count(*) FROM e WHERE " + LATE);
    assertFiles(
        2,
        "WITH a AS (SELECT * FROM events), b AS (SELECT time, level FROM a WHERE level > 2)"
            + " SELECT level, count(*) FROM b WHERE "
            + LATE
            + " GROUP BY level");
    assertFiles(
        2,
        "WITH e(x, y) AS (SELECT time, level FROM events) SELECT count(*) FROM e WHERE x >= '2025-01-01T06:00:00Z'");
    assertFiles(
        2,
        "SELECT count(*) FROM (SELECT time, 1 FROM events) e(x, y) WHERE x > '2025-01-01T06:00:00Z'");
    assertFiles(
        2, "SELECT count(*) FROM (SELECT DISTINCT time FROM events ORDER BY 1) e WHERE " + LATE);
    assertFiles(2, "SELECT time AS t FROM events WHERE t >= '2025-01-01T06:00:00Z'");
  }

  @Test
  void whatSeveralReadersWantIsRead() {
    assertFiles(
        3,
        "WITH e AS (SELECT * FROM events) SELECT (SELECT count(*) FROM e WHERE "
            + LATE
            + "), (SELECT count(*) FROM e WHERE time >= '2025-01-01T05:00:00Z')");
    assertFiles(
        8,
        "WITH e AS (SELECT * FROM events) SELECT (SELECT count(*) FROM e), count(*) FROM e WHERE "
            + LATE);
    assertFiles(0, "WITH e AS (SELECT * FROM events) SELECT 1");
    assertFiles(
        3,
        "WITH e AS (SELECT * FROM events) SELECT count(*) FROM e a JOIN e b ON a.level = b.level"
            + " WHERE a.process_id = 'p0' AND b.process_id IN ('p0')");
  }

  @Test
  void intoPartsOfSetOperations() {
    assertFiles(
        4,
        "SELECT count(*) FROM (SELECT time, level FROM events UNION ALL SELECT insert_time, 1 FROM events) e"
            + " WHERE "
            + LATE);
    assertFiles(
        4,
        "SELECT count(*) FROM (SELECT time FROM events WHERE level < 5 EXCEPT SELECT time FROM events WHERE level = 2) e WHERE "
            + LATE);
  }

  @Test
  void throughGroupsAndRounding() {
    assertFiles(
        2,
        "SELECT * FROM (SELECT date_trunc('hour', time) AS h, count(*) AS n FROM events GROUP BY 1) e"
            + " WHERE h >= '2025-01-01T06:00:00Z'");
    // Bounds are taken to be inclusive, and a bin ends where the next begins.
    assertFiles(
        3,
        "SELECT * FROM (SELECT date_bin('1 hour', time) AS h, count(*) AS n FROM events GROUP BY 1) e"
            + " WHERE h < '2025-01-01T01:00:00Z'");
    assertFiles(
        3,
        "SELECT count(*) FROM events WHERE date_trunc('hour', time) BETWEEN '2025-01-01T05:00:00Z' AND '2025-01-01T07:00:00Z'");
    assertFiles(
        3,
        "SELECT process_id, n FROM (SELECT process_id, count(*) AS n FROM events GROUP BY process_id) e WHERE process_id = 'p1' AND n > 1");
    assertFiles(8, "SELECT * FROM (SELECT max(time) AS time FROM events) e WHERE " + LATE);
  }

  @Test
  void throughJoins() {
    assertFiles(
        6,
        "SELECT count(*) FROM events a JOIN events b ON a.process_id = b.process_id WHERE b.process_id = 'p1'");
    assertFiles(
        6,
        "SELECT count(*) FROM events a JOIN events b USING (process_id) WHERE process_id = 'p1'");
    assertFiles(
        8 + 2,
        "SELECT count(*), count(b.level) FROM events a LEFT JOIN events b ON a.time = b.time AND b."
            + LATE);
    assertFiles(
        8 + 2,
        "SELECT count(*), count(b.level) FROM events a LEFT JOIN events b ON a.time = b.time WHERE b."
            + LATE);
    assertFiles(
        8 + 8,
        "SELECT count(*), count(a.level) FROM events a FULL JOIN events b ON a.time = b.time AND b."
            + LATE);
    assertFiles(
        2 + 2,
        "SELECT count(*) FROM events a SEMI JOIN events b ON a.time = b.time WHERE a." + LATE);
    assertFiles(
        2 + 2,
        "SELECT count(*) FROM events a ANTI JOIN events b ON a.time = b.time WHERE a." + LATE);
    assertFiles(
        8 + 2,
        "SELECT count(*) FROM events a ANTI JOIN events b ON a.level = b.level AND b." + LATE);
  }

  @Test
  void whatChoosesByOtherRowsIsNotPassed() {
    assertFiles(
        8, "SELECT count(*) FROM (SELECT * FROM events ORDER BY time LIMIT 90) e WHERE " + LATE);
    assertFiles(
        8,
        "SELECT count(*) FROM (SELECT DISTINCT ON (level) * FROM events ORDER BY level, time) e WHERE "
            + LATE);
    assertFiles(
        8,
        "SELECT n FROM (SELECT time, row_number() OVER (ORDER BY time) AS n FROM events) e WHERE "
            + LATE);
    assertFiles(
        3,
        "SELECT n FROM (SELECT process_id, row_number() OVER (PARTITION BY process_id ORDER BY time) AS n"
            + " FROM events) e WHERE process_id = 'p0'");
  }

  @Test
  void conditionsInManyForms() {
    assertFiles(2, "SELECT count(*) FROM events WHERE CAST(time AS BIGINT) >= 1735711200000000000");
    assertFiles(3, "SELECT count(*) FROM events WHERE process_id = 'p1' OR process_id = 'p1'");
    assertFiles(8, "SELECT count(*) FROM events WHERE process_id = 'p1' OR level = 2");
    assertFiles(
        4,
        "SELECT count(*) FROM events WHERE (time < '2025-01-01T01:00:00Z' AND level > 1)"
            + " OR (time >= '2025-01-01T02:00:00Z' AND time < '2025-01-01T03:00:00Z')");
    assertFiles(
        2,
        "SELECT count(*) FROM events WHERE time >= TIMESTAMP '2025-01-01T07:00:00Z' - INTERVAL 1 HOUR");
    assertFiles(0, "SELECT count(*) FROM events WHERE time >= date_trunc('day', now())");
    assertFiles(8, "SELECT count(*) FROM events WHERE time >= '2025-01-01T10:00:00Z'::date");
    assertFiles(2, "SELECT count(*) FROM events WHERE time >= to_timestamp(1735711200)");
    assertFiles(8, "SELECT count(*) FROM events WHERE CAST(time AS VARCHAR) >= '2025-01-01T06'");
    assertFiles(0, "SELECT count(*) FROM events WHERE process_id = 'p0' AND process_id = 'p1'");
  }

  @Test
  void intoFunctionsThatAreQueries() {
    assertFiles(3, "SELECT count(*) FROM events_of('p0')");
    assertFiles(1, "SELECT count(*) FROM events_of('p0') e WHERE " + LATE);
    assertFiles(1, "WITH x AS (SELECT * FROM events_of('p0')) SELECT level FROM x WHERE " + LATE);
  }

  @Test
  void noRowIsLostInRandomQueries() {
    int read = 0;
    int unpruned = 0;
    for (int seed = 0; seed < 250; seed++) {
      String sql = new Generator(new Random(seed)).query();
      read += filesRead(sql);
      unpruned += (sql.split("FROM events", -1).length - 1) * FILES;
    }
    assertThat(read).isBetween(1, unpruned * 9 / 10);
  }

  /// Small queries of every shape, over the columns `p` (process), `t` (time), `l` (level).
  private static final class Generator {
    private static final String COLUMNS = "process_id AS p, time AS t, level AS l";
    private final Random random;
    private int names;

    Generator(Random random) {
      this.random = random;
    }

    String query() {
      if (random.nextInt(3) == 0) {
        return "WITH c AS ("
            + rows(2)
            + ") SELECT p, t, l FROM c WHERE "
            + condition("")
            + (random.nextBoolean()
                ? ""
                : " UNION ALL SELECT p, t, l FROM c WHERE " + condition("c."));
      }
      return rows(3);
    }

    private String rows(int depth) {
      if (depth == 0) {
        return "SELECT " + COLUMNS + " FROM events";
      }
      String name = "q" + names++;
      return switch (random.nextInt(10)) {
        case 0 -> "SELECT " + COLUMNS + " FROM events WHERE " + condition("");
        case 1 -> "SELECT * FROM (" + rows(depth - 1) + ") " + name + " WHERE " + condition("");
        case 2 ->
            "SELECT p, t, l FROM ("
                + rows(depth - 1)
                + ") "
                + name
                + " WHERE "
                + condition(name + ".");
        case 3 -> "(" + rows(depth - 1) + ") " + setOperation() + " (" + rows(depth - 1) + ")";
        case 4 -> join(depth);
        case 5 ->
            "SELECT p, date_trunc('hour', t) AS t, max(l) AS l FROM ("
                + rows(depth - 1)
                + ") "
                + name
                + " GROUP BY 1, 2";
        case 6 -> "SELECT DISTINCT p, t, l FROM (" + rows(depth - 1) + ") " + name;
        case 7 ->
            "SELECT p, t, row_number() OVER (PARTITION BY p ORDER BY t, l) AS l FROM ("
                + rows(depth - 1)
                + ") "
                + name;
        case 8 ->
            "SELECT p, t, l FROM (" + rows(depth - 1) + ") " + name + " ORDER BY t, p, l LIMIT 20";
        default ->
            "SELECT p, t, l FROM ("
                + rows(depth - 1)
                + ") "
                + name
                + "(p, t, l) WHERE "
                + condition("");
      };
    }

    private String setOperation() {
      return List.of("UNION ALL", "UNION", "EXCEPT", "INTERSECT").get(random.nextInt(4));
    }

    private String join(int depth) {
      String a = "a" + names++;
      String b = "b" + names++;
      String kind =
          List.of("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "SEMI JOIN", "ANTI JOIN")
              .get(random.nextInt(6));
      boolean both = !kind.startsWith("SEMI") && !kind.startsWith("ANTI");
      String side = both && random.nextBoolean() ? b : a;
      return "SELECT "
          + side
          + ".p AS p, "
          + a
          + ".t AS t, "
          + side
          + ".l AS l FROM ("
          + rows(depth - 1)
          + ") "
          + a
          + " "
          + kind
          + " ("
          + rows(depth - 1)
          + ") "
          + b
          + " ON "
          + a
          + ".t = "
          + b
          + ".t AND "
          + condition((random.nextBoolean() ? a : b) + ".")
          + " WHERE "
          + condition((both && random.nextBoolean() ? b : a) + ".");
    }

    private String condition(String qualifier) {
      if (qualifier.isEmpty()) {
        return simple("t", "p", "l");
      }
      return simple(qualifier + "t", qualifier + "p", qualifier + "l");
    }

    private String simple(String t, String p, String l) {
      String time = "'2025-01-01T0" + random.nextInt(FILES) + ":0" + random.nextInt(10) + ":00Z'";
      return switch (random.nextInt(9)) {
        case 0 -> t + " >= " + time;
        case 1 -> t + " < " + time;
        case 2 -> time + " <= " + t;
        case 3 -> t + " BETWEEN '2025-01-01T01:00:00Z' AND " + time;
        case 4 -> p + " = 'p" + random.nextInt(3) + "'";
        case 5 -> p + " IN ('p0', 'p" + random.nextInt(3) + "')";
        case 6 -> l + " > " + random.nextInt(4);
        case 7 -> "(" + simple(t, p, l) + " OR " + simple(t, p, l) + ")";
        default -> "(" + simple(t, p, l) + " AND " + simple(t, p, l) + ")";
      };
    }
  }
}
