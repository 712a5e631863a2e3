package micromegas.query.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import micromegas.common.BadRequestException;
import micromegas.common.MicromegasException;
import micromegas.common.ResourceExhaustedException;
import micromegas.common.TimeRange;
import micromegas.common.UnavailableException;
import micromegas.query.ArrowRows;
import micromegas.query.EventTimeColumns;
import micromegas.query.ExportRequest;
import micromegas.query.ExportResult;
import micromegas.query.FunctionCall;
import micromegas.query.QueryLimits;
import micromegas.query.QueryResult;
import micromegas.query.TableFunction;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Limits, cancelling, failures and concurrency of the engine.
@Timeout(120)
class EngineTest {
  private static final String ENDLESS =
      "SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE (a.value + b.value) % 7 = 3";

  @TempDir Path folder;
  private Lake lake;

  @BeforeEach
  void open() throws IOException {
    lake = new Lake(folder);
    lake.logs(2, 1_000);
  }

  @AfterEach
  void close() {
    assertThat(lake.tables.get("log_entries").open).isZero();
    lake.close();
  }

  private QueryLimits limits(Duration timeout, long maxRows) {
    return new QueryLimits(64L << 20, Long.MAX_VALUE, timeout, maxRows);
  }

  @Test
  void cancellingEndsAQueryWithin200Milliseconds() throws Exception {
    try (QueryResult result = lake.engine.query(lake.request(ENDLESS));
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> reading = executor.submit(() -> result.next());
      while (result.progress() <= 0) {
        Thread.onSpinWait();
      }
      long start = System.nanoTime();
      result.cancel();
      assertThatThrownBy(reading::get).hasCauseInstanceOf(UnavailableException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(200));
    }
  }

  @Test
  void cancellingBeforeTheFirstCallIsNotLost() {
    try (QueryResult result = lake.engine.query(lake.request(ENDLESS))) {
      result.cancel();
      assertThatThrownBy(result::next)
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("cancelled")
          .hasMessageContaining("query_id=");
      result.close();
      result.cancel();
    }
  }

  @Test
  void aLostInterruptIsRepeated() throws Exception {
    try (Supervisor.Lease lease = lake.engine.queries().connect();
        Watchdog watchdog = new Watchdog()) {
      QueryRun run = new QueryRun(lease.connection(), Duration.ofMinutes(1));
      watchdog.watch(run);
      run.enterCall();
      // Sent before the statement starts, the engine forgets it.
      run.cancel();
      assertThatThrownBy(
              () -> {
                try (ArrowReader reader =
                    lease
                        .connection()
                        .query(ENDLESS.replace(".value", ".range"), 8_192, lake.allocator)) {
                  boolean unused = reader.loadNextBatch();
                }
              })
          .hasMessageContaining("INTERRUPT");
      run.leaveCall();
    }
  }

  @Test
  void anInterruptedCallerEndsItsQuery() throws Exception {
    try (QueryResult result = lake.engine.query(lake.request(ENDLESS))) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(result::next).isInstanceOf(UnavailableException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void limitsAreNamed() {
    assertThatThrownBy(() ->
            lake.rows(
                lake.request(
                    ENDLESS, TimeRange.ALL, limits(Duration.ofMillis(150), Long.MAX_VALUE))))
        .isInstanceOf(ResourceExhaustedException.class)
        .hasMessageContaining("time limit");
    assertThatThrownBy(() ->
            lake.rows(
                lake.request(
                    "SELECT * FROM range(100000)",
                    TimeRange.ALL,
                    limits(Duration.ofMinutes(1), 1_000))))
        .isInstanceOf(ResourceExhaustedException.class)
        .hasMessageContaining("max rows");
    assertThatThrownBy(
            () -> lake.rows("SELECT list(value || repeat('x', 1000)) FROM range(10000000)"))
        .isInstanceOf(ResourceExhaustedException.class)
        .hasMessageContaining("memory");
    assertThat(lake.one("SELECT 1")).isEqualTo("1");
  }

  @Test
  void aQueryEndsAboveItsMemory() {
    QueryLimits small =
        new QueryLimits(256L << 20, 64L << 20, Duration.ofMinutes(1), Long.MAX_VALUE);
    assertThatThrownBy(() ->
            lake.rows(
                lake.request(
                    "SELECT list(value || repeat('x', 100)) FROM range(100000000)",
                    TimeRange.ALL,
                    small)))
        .isInstanceOf(ResourceExhaustedException.class)
        .hasMessageContaining("(query-memory-mb) of 64 MiB");
    assertThat(
            lake.rows(
                lake.request(
                    "SELECT count(*) FROM log_entries a, log_entries b", TimeRange.ALL, small)))
        .containsExactly("4000000");
  }

  @Test
  void theQueryThatExceedsItsMemoryIsTheOneThatEnds() {
    try (Supervisor.Lease lease = lake.engine.queries().connect()) {
      QueryRun first = new QueryRun(lease.connection(), Duration.ofHours(1), 100);
      QueryRun second = new QueryRun(lease.connection(), Duration.ofHours(1), 100);
      QueryRun free = new QueryRun(lease.connection(), Duration.ofHours(1));
      Map<QueryRun, Long> held = Map.of(first, 40L, second, 120L, free, 900L);
      assertThat(MemoryGuard.excessive(List.of(first), run -> 100, 100)).isEmpty();
      assertThat(MemoryGuard.excessive(List.of(first), run -> 101, 101)).contains(first);
      assertThat(MemoryGuard.excessive(List.of(first, second), held::get, 160)).isEmpty();
      assertThat(MemoryGuard.excessive(List.of(first, second), held::get, 201)).contains(second);
      assertThat(MemoryGuard.excessive(List.of(first, second), run -> 126, 190)).isPresent();
      assertThat(MemoryGuard.excessive(List.of(first, free), held::get, 1_000_000)).isEmpty();
      assertThat(MemoryGuard.excessive(List.of(free), held::get, 1_000_000)).isEmpty();
    }
  }

  @Test
  void growthIsAttributedToTheQueryThatBringsIt() {
    MemoryAttribution<String> attribution = new MemoryAttribution<>();
    long mib = 1 << 20;
    List<String> light = List.of("a", "b", "c");
    for (int i = 0; i < 20; i++) {
      attribution.sample(light, light, 10 * mib);
    }
    List<String> all = List.of("a", "b", "c", "heavy");
    for (int i = 1; i <= 20; i++) {
      attribution.sample(all, all, (10 + 16 * i) * mib);
    }
    assertThat(attribution.held("heavy")).isBetween(250 * mib, 331 * mib);
    assertThat(light.stream().mapToLong(attribution::held).max().orElseThrow())
        .isLessThan(40 * mib);
    // A newcomer is not blamed for growth that went on before.
    List<String> more = List.of("a", "b", "c", "heavy", "late");
    for (int i = 21; i <= 30; i++) {
      attribution.sample(more, more, (10 + 16 * i) * mib);
    }
    assertThat(attribution.held("late")).isLessThan(40 * mib);
    assertThat(attribution.held("heavy")).isGreaterThan(380 * mib);
    // Once alone, all is its own.
    attribution.sample(List.of("late"), List.of("late"), 7 * mib);
    assertThat(attribution.held("late")).isEqualTo(7 * mib);
    assertThat(attribution.held("heavy")).isZero();
  }

  @Test
  void lightQueriesSurviveAHeavyOne() throws Exception {
    QueryLimits small =
        new QueryLimits(256L << 20, 48L << 20, Duration.ofMinutes(1), Long.MAX_VALUE);
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<QueryResult> light = new ArrayList<>();
      List<Future<?>> reading = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        QueryResult result = lake.engine.query(lake.request(light(), TimeRange.ALL, small));
        light.add(result);
        reading.add(executor.submit(() -> result.next()));
      }
      // What the light ones take is known once they have been looked at.
      long seen = lake.engine.memory().samples();
      while (lake.engine.memory().samples() < seen + 3) {
        Thread.onSpinWait();
      }
      assertThatThrownBy(() ->
              lake.rows(
                  lake.request(
                      "SELECT list(value || repeat('x', 100)) FROM range(100000000)",
                      TimeRange.ALL,
                      small)))
          .isInstanceOf(ResourceExhaustedException.class)
          .hasMessageContaining("(query-memory-mb) of 48 MiB");
      assertThat(reading).noneMatch(Future::isDone);
      for (int i = 0; i < light.size(); i++) {
        light.get(i).cancel();
        assertThatThrownBy(reading.get(i)::get).hasMessageContaining("cancelled");
        light.get(i).close();
      }
    }
  }

  /// Works for long in hardly any memory, unlike a join.
  private static String light() {
    return "SELECT count(*) FROM range(100000000000) a WHERE a.value % 7 = 3";
  }

  @Test
  void theSpaceForSpilledDataIsBounded() {
    try (Lake tight = new Lake(folder.resolve("tight"), 64L << 20, 8L << 20)) {
      assertThatThrownBy(
              () -> tight.rows("SELECT md5(value || 'x') AS s FROM range(5000000) ORDER BY s"))
          .isInstanceOf(ResourceExhaustedException.class)
          .hasMessageContaining("(max-temp-directory-mb)");
      assertThat(tight.one("SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void errorsCarryStageAndQueryId() {
    assertThatThrownBy(() -> lake.rows("SELECT nope FROM log_entries"))
        .isInstanceOf(BadRequestException.class)
        .hasMessageStartingWith("error building dataframe: Schema error: No field named nope.")
        .hasMessageContaining("(query_id=");
    assertThatThrownBy(() -> lake.rows("SELECT * FROM nope"))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("table 'datafusion.public.nope' not found");
    assertThatThrownBy(() -> lake.rows("SELEC 1"))
        .hasMessageStartingWith("error building dataframe: SQL error: ParserError(");
    assertThatThrownBy(() -> lake.rows("SELECT CAST(msg AS INT) FROM log_entries"))
        .isInstanceOf(BadRequestException.class)
        .hasMessageStartingWith("error building data stream: Conversion Error");
    assertThatThrownBy(
            () -> lake.rows("SELECT date_bin(INTERVAL '0 seconds', time) FROM log_entries"))
        .hasMessageContaining("DATE_BIN stride must be non-zero");
    assertThatThrownBy(() -> lake.rows("SELECT 1; SELECT 2"))
        .hasMessageContaining("only supports a single SQL statement");
  }

  @Test
  void aMissingFileIsUnavailableAndTheRestStaysQueryable() throws IOException {
    Files.delete(folder.resolve("data/log1.parquet"));
    assertThatThrownBy(() -> lake.rows("SELECT count(*) FROM log_entries"))
        .isInstanceOf(UnavailableException.class);
    assertThat(lake.one("SELECT 1")).isEqualTo("1");
  }

  @Test
  void anInternalErrorRebuildsTheInstance() {
    try (Supervisor.Lease lease = lake.engine.queries().connect()) {
      FunctionRegistrar registrar = new FunctionRegistrar(lake.engine.api(), lease.connection());
      // The optimizer replaces the first by the second; different types are an internal error.
      registrar.register(constant("date_part", List.of("VARCHAR", "UUID"), "UBIGINT"));
      registrar.register(constant("hour", List.of("UUID"), "BIGINT"));
    }
    assertThatThrownBy(() ->
            lake.rows(
                "SELECT date_part('hour', CAST(u AS UUID)) FROM (VALUES"
                    + " ('00000000-0000-0000-0000-000000000001')) t(u)"))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("restarted");
    assertThat(lake.one("SELECT count(*), property_get(min(properties), 'zone') FROM log_entries"))
        .startsWith("2000|");
  }

  private static KernelFunction constant(String name, List<String> parameters, String returns) {
    return KernelFunction.fallible(
        name,
        parameters,
        returns,
        vectors -> {
          for (long row = 0; row < vectors.rows; row++) {
            vectors.setLong(row, 0);
          }
        });
  }

  @Test
  void manyThreadsWithCancelsEndWell() throws Exception {
    List<String> statements =
        List.of(
            "SELECT level, count(*) FROM log_entries GROUP BY level",
            "SELECT date_bin('1 minute', time), sum(value) FROM log_entries GROUP BY 1",
            "SELECT property_get(properties, 'zone'), count(*) FROM log_entries GROUP BY 1",
            "SELECT * FROM log_entries ORDER BY time DESC",
            "SELECT nope FROM log_entries",
            "SELECT CAST(msg AS INT) FROM log_entries",
            "SELECT quantile_from_histogram(make_histogram(0, 10, 10, value), 0.5) FROM log_entries",
            ENDLESS);
    AtomicInteger ended = new AtomicInteger();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> clients = new ArrayList<>();
      for (int client = 0; client < 16; client++) {
        Random random = new Random(client);
        clients.add(
            executor.submit(() -> {
              for (int i = 0; i < 30; i++) {
                run(statements.get(random.nextInt(statements.size())), random, executor);
                ended.incrementAndGet();
              }
            }));
      }
      for (Future<?> client : clients) {
        client.get();
      }
    }
    assertThat(ended).hasValue(16 * 30);
    assertThat(lake.one("SELECT count(*) FROM log_entries")).isEqualTo("2000");
  }

  private void run(String sql, Random random, ExecutorService executor) {
    try (QueryResult result =
        lake.engine.query(
            lake.request(sql, TimeRange.ALL, limits(Duration.ofMillis(100), Long.MAX_VALUE)))) {
      if (random.nextBoolean()) {
        executor.submit(result::cancel);
      }
      while (result.next()) {
        assertThat(result.root().getRowCount()).isPositive();
      }
    } catch (MicromegasException e) {
      assertThat(e).hasMessageContaining("query_id=");
    }
  }

  /// `pair(text)`: two rows that show the argument.
  private record Pair() implements TableFunction.Computed {
    @Override
    public String name() {
      return "pair";
    }

    @Override
    public Schema schema() {
      return new Schema(
          List.of(
              new Field("name", FieldType.nullable(ArrowType.Utf8.INSTANCE), null),
              new Field("moment", FieldType.nullable(Lake.TIME), null),
              new Field("hash", FieldType.nullable(ArrowType.Binary.INSTANCE), null),
              new Field("size", FieldType.nullable(new ArrowType.Int(64, true)), null),
              new Field(
                  "tags",
                  FieldType.nullable(ArrowType.List.INSTANCE),
                  List.of(new Field("tag", FieldType.nullable(ArrowType.Utf8.INSTANCE), null)))));
    }

    @Override
    public ArrowReader open(FunctionCall call, BufferAllocator allocator) {
      Iterator<Object[]> rows =
          Arrays.asList(
                  new Object[] {
                    String.valueOf(call.arguments().value(0)),
                    Instant.EPOCH.plusNanos(7),
                    new byte[] {4},
                    5L,
                    List.of("a", "b")
                  },
                  new Object[] {null, null, null, null, null})
              .iterator();
      return ArrowRows.reader(schema(), rows, allocator);
    }
  }

  @Test
  void tableFunctionsOfTheCatalogGiveRows() {
    lake.functions.add(new Pair());
    assertThat(
            lake.rows(
                "SELECT name, CAST(moment AS BIGINT), encode(hash, 'hex'), size, tags FROM pair('x' || 'y')"))
        .containsExactly("xy|7|04|5|[\"a\",\"b\"]", "null|null|null|null|null");
    assertThat(lake.one("SELECT count(*) FROM pair('a') a JOIN pair('b') b ON a.size = b.size"))
        .isEqualTo("1");
    assertThat(lake.one("SELECT count(*) FROM pair(now() - INTERVAL '1 day') WHERE size IS NULL"))
        .isEqualTo("1");
    assertThatThrownBy(() -> lake.rows("SELECT * FROM pair((SELECT 1))"))
        .isInstanceOf(BadRequestException.class);
    Field tags = lake.schema("SELECT tags FROM pair('a')").getFields().getFirst();
    assertThat(tags.getChildren().getFirst().getName()).isEqualTo("tag");
  }

  @Test
  void exportsHaveRowGroupsOfTheWantedRows() throws Exception {
    Path target = folder.resolve("data/groups.parquet");
    lake.engine.export(
        new ExportRequest(
            "SELECT i, repeat('x', 1000) AS data FROM range(20000) AS r(i) ORDER BY i",
            lake,
            target,
            Optional.empty(),
            2048));
    try (java.sql.Connection connection = java.sql.DriverManager.getConnection("jdbc:duckdb:");
        java.sql.Statement statement = connection.createStatement();
        java.sql.ResultSet groups =
            statement.executeQuery(
                "SELECT max(row_group_num_rows), sum(row_group_num_rows) FROM parquet_metadata('"
                    + target
                    + "') WHERE column_id = 0")) {
      assertThat(groups.next()).isTrue();
      assertThat(groups.getLong(1)).isLessThanOrEqualTo(3 * 2048);
      assertThat(groups.getLong(2)).isEqualTo(20_000);
    }
  }

  @Test
  void exportsKnowTheirBounds() {
    Path target = folder.resolve("data/export.parquet");
    ExportResult result =
        lake.engine.export(
            new ExportRequest(
                "SELECT date_trunc('minute', time) AS minute, level, sum(level) AS total,"
                    + " avg(value * 1.5) AS mean FROM log_entries GROUP BY 1, 2 ORDER BY 1, 2",
                lake,
                target,
                Optional.of(EventTimeColumns.instant("minute"))));
    assertThat(result.rows()).isEqualTo(34 * 6);
    assertThat(result.eventTime().orElseThrow().beginNanos()).isEqualTo(1_735_689_600_000_000_000L);
    assertThat(result.fileSize()).isEqualTo(target.toFile().length());
    ExportResult none =
        lake.engine.export(
            new ExportRequest(
                "SELECT * FROM log_entries WHERE level > 100",
                lake,
                folder.resolve("data/none.parquet"),
                Optional.of(EventTimeColumns.instant("time"))));
    assertThat(none).isEqualTo(new ExportResult(0, Optional.empty(), 0));
    assertThat(folder.resolve("data/none.parquet")).doesNotExist();
  }

  @Test
  void aShortQueryTakesMilliseconds() {
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      long start = System.nanoTime();
      assertThat(lake.rows("SELECT 1")).hasSize(1);
      times.add(System.nanoTime() - start);
    }
    times.sort(Long::compare);
    System.out.printf("select 1: median %.2f ms%n", times.get(150) / 1e6);
    assertThat(Duration.ofNanos(times.get(150))).isLessThan(Duration.ofMillis(50));
  }
}
