package micromegas.query.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import micromegas.common.Nanos;
import micromegas.common.TimeRange;
import micromegas.query.EventTimeColumns;
import micromegas.query.ScanPart;
import micromegas.query.ScanRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What tables are asked for, and that rows outside the request's range never come back.
class PruningTest {
  private static final long T1 = nanos("2025-01-01T00:10:00Z");
  private static final long T2 = nanos("2025-01-01T00:20:00Z");
  private static final long MIN = Long.MIN_VALUE;
  private static final long MAX = Long.MAX_VALUE;

  @TempDir Path folder;
  private Lake lake;
  private Lake.Table logs;

  private static long nanos(String time) {
    return Nanos.fromInstant(Instant.parse(time));
  }

  @BeforeEach
  void open() throws IOException {
    lake = new Lake(folder);
    logs = lake.logs(1, 2_000);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private ScanRequest ask(String sql) {
    return askAll(sql).getFirst();
  }

  private List<ScanRequest> askAll(String sql) {
    logs.requests.clear();
    List<String> unused = lake.rows(sql);
    return List.copyOf(logs.requests);
  }

  private void assertTime(String condition, long begin, long end) {
    assertThat(ask("SELECT count(*) FROM log_entries WHERE " + condition).eventTime())
        .as(condition)
        .isEqualTo(new TimeRange(begin, end));
  }

  @Test
  void timeConditionsBoundTheScan() {
    assertTime("time >= '2025-01-01T00:10:00Z'", T1, MAX);
    assertTime("time > TIMESTAMP '2025-01-01 00:10:00'", T1, MAX);
    assertTime("'2025-01-01T00:10:00Z' <= time", T1, MAX);
    assertTime("time < '2025-01-01T00:20:00Z' AND level = 1", MIN, T2);
    assertTime("time BETWEEN '2025-01-01T00:10:00Z' AND '2025-01-01T00:20:00Z'", T1, T2);
    assertTime("time = CAST('2025-01-01T00:10:00Z' AS TIMESTAMP)", T1, T1);
    assertTime("time IN ('2025-01-01T00:20:00Z', '2025-01-01T00:10:00Z')", T1, T2);
    assertTime(
        "time >= '2025-01-01T00:20:00Z'::timestamptz - INTERVAL '10 minutes' AND level > 0",
        T1,
        MAX);
    assertTime("time >= '2025-01-01T02:10:00+02:00'", T1, MAX);
  }

  @Test
  void nowIsAConstant() {
    long before = Nanos.fromInstant(Instant.now().minusSeconds(3_600));
    long begin =
        ask("SELECT 1 FROM log_entries WHERE time > NOW() - INTERVAL '1 hour'")
            .eventTime()
            .beginNanos();
    assertThat(begin).isBetween(before, Nanos.fromInstant(Instant.now().minusSeconds(3_600)));
  }

  @Test
  void whatIsNotCertainDoesNotPrune() {
    assertTime("time >= '2025-01-01T00:10:00Z' OR level = 1", MIN, MAX);
    assertTime("NOT (time >= '2025-01-01T00:10:00Z')", MIN, MAX);
    assertTime("time + INTERVAL '1 second' >= '2025-01-01T00:10:00Z'", MIN, MAX);
    assertTime("time <> '2025-01-01T00:10:00Z'", MIN, MAX);
    assertTime("insert_time >= '2025-01-01T00:10:00Z'", MIN, MAX);
  }

  @Test
  void identifiersAndInsertTimePruneToo() {
    ScanRequest request =
        ask(
            "SELECT 1 FROM log_entries l WHERE l.process_id = 'p0' AND stream_id IN ('s1', 's2')"
                + " AND insert_time >= '2025-01-01T00:10:00Z'");
    assertThat(request.processIds()).isEqualTo(Set.of("p0"));
    assertThat(request.streamIds()).isEqualTo(Set.of("s1", "s2"));
    assertThat(request.insertTime()).isEqualTo(new TimeRange(T1, MAX));
    assertThat(request.materialize()).isTrue();
  }

  @Test
  void contradictionsAskForNothing() {
    assertThat(askAll("SELECT * FROM log_entries WHERE process_id = 'p0' AND process_id = 'p1'"))
        .isEmpty();
    assertThat(
            lake.rows(
                "SELECT count(*) FROM log_entries WHERE time > '2025-01-02' AND time < '2025-01-01'"))
        .containsExactly("0");
  }

  @Test
  void eachReferenceHasItsOwnConditions() {
    List<ScanRequest> requests =
        askAll(
            "SELECT count(*) FROM log_entries a JOIN log_entries b ON a.msg = b.msg"
                + " AND b.time >= '2025-01-01T00:10:00Z' WHERE a.time <= '2025-01-01T00:20:00Z'");
    assertThat(requests)
        .extracting(ScanRequest::eventTime)
        .containsExactly(new TimeRange(MIN, T2), new TimeRange(T1, MAX));
    assertThat(
            askAll(
                "SELECT count(*) FROM log_entries a, log_entries b WHERE time >= '2025-01-01T00:10:00Z'"
                    .replace("WHERE time", "WHERE a.level = b.level AND a.time")))
        .extracting(ScanRequest::eventTime)
        .containsExactly(new TimeRange(T1, MAX), TimeRange.ALL);
  }

  @Test
  void outerJoinsKeepTheirRows() {
    String sql =
        "SELECT count(*), count(b.time) FROM log_entries a LEFT JOIN log_entries b"
            + " ON a.time = b.time AND a.time >= '2025-01-01T00:10:00Z'";
    // Rows of the left side stay without a match; those of the right side that never match do not
    // matter.
    assertThat(askAll(sql))
        .extracting(ScanRequest::eventTime)
        .containsExactly(TimeRange.ALL, new TimeRange(T1, MAX));
    assertThat(lake.one(sql)).isEqualTo("2000|1400");
  }

  @Test
  void conditionsInSubqueriesAndCtesPruneTheirOwnTables() {
    assertThat(
            ask("WITH x AS (SELECT * FROM log_entries WHERE time >= '2025-01-01T00:10:00Z')"
                    + " SELECT count(*) FROM x")
                .eventTime())
        .isEqualTo(new TimeRange(T1, MAX));
    assertThat(
            ask("SELECT (SELECT max(level) FROM log_entries WHERE process_id = 'p1')").processIds())
        .isEqualTo(Set.of("p1"));
  }

  @Test
  void theRequestsRangeFiltersRows() {
    List<String> rows =
        lake.rows(
            lake.request(
                "SELECT count(*), min(level) FROM log_entries WHERE time < '2025-01-01T00:15:00Z'",
                new TimeRange(T1, T2),
                Lake.limits()));
    assertThat(rows).containsExactly("300|1");
    assertThat(logs.requests.getLast().eventTime())
        .isEqualTo(new TimeRange(T1, nanos("2025-01-01T00:15:00Z")));
  }

  @Test
  void partialRowsAreFilteredAndMerged() throws IOException {
    Lake.Table counts = lake.table("counts", Lake.LOG_SCHEMA, EventTimeColumns.instant("time"));
    counts.parts.addAll(logs.parts);
    counts.parts.add(new ScanPart.Subquery("SELECT * FROM log_entries WHERE value < 10"));
    counts.mergeSql =
        Optional.of(
            "SELECT process_id, max(stream_id) AS stream_id, max(insert_time) AS insert_time,"
                + " max(time) AS time, max(target) AS target, max(level) AS level, max(msg) AS msg,"
                + " first_value(properties) AS properties, sum(value) AS value"
                + " FROM {source} GROUP BY process_id");
    assertThat(
            lake.rows(
                lake.request(
                    "SELECT process_id, value FROM counts ORDER BY process_id",
                    new TimeRange(MIN, nanos("2025-01-01T00:00:03Z")),
                    Lake.limits())))
        .containsExactly("p0|4.0", "p1|2.0");
  }

  @Test
  void aTableWithoutFilesIsEmptyWithItsColumns() {
    lake.table("nothing", Lake.LOG_SCHEMA, EventTimeColumns.instant("time"));
    assertThat(lake.rows("SELECT * FROM nothing")).isEmpty();
    assertThat(lake.schema("SELECT * FROM nothing").getFields())
        .hasSize(Lake.LOG_SCHEMA.getFields().size());
    assertThat(lake.schema("SELECT time FROM nothing").getFields().getFirst().getType())
        .isEqualTo(Lake.TIME);
  }

  @Test
  void explainAndDescribeMaterializeNothing() {
    assertThat(ask("EXPLAIN SELECT * FROM log_entries").materialize()).isFalse();
    logs.requests.clear();
    assertThat(
            lake.engine
                .describe(lake.request("SELECT target, level, target FROM log_entries"))
                .dictionaryColumns())
        .containsExactlyInAnyOrder(0, 2);
    assertThat(logs.requests).extracting(ScanRequest::materialize).containsExactly(false);
  }

  @Test
  void rowGroupsOutsideAConditionAreNotRead() throws IOException {
    Lake.Table large = lake.table("large", Lake.LOG_SCHEMA, EventTimeColumns.instant("time"));
    large.parts.add(
        new ScanPart.ParquetFiles(List.of(lake.file("large", Lake.logRows(0, 400_000)))));
    String plan =
        lake.one(
            "EXPLAIN ANALYZE SELECT sum(value) FROM large WHERE time >= '2025-01-05T14:00:00Z'");
    assertThat(plan).contains("1 / 4");
  }
}
