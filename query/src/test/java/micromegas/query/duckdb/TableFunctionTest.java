package micromegas.query.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.IntStream;
import micromegas.common.BadRequestException;
import micromegas.common.NotFoundException;
import micromegas.common.TimeRange;
import micromegas.common.UnavailableException;
import micromegas.query.Arguments;
import micromegas.query.ArrowRows;
import micromegas.query.ExportRequest;
import micromegas.query.FunctionCall;
import micromegas.query.QueryLimits;
import micromegas.query.QueryResult;
import micromegas.query.TableFunction;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Functions of the catalog in FROM: streamed rows, expansion to SQL, and queries inside functions.
@Timeout(120)
class TableFunctionTest {
  private static final ArrowType LONG = new ArrowType.Int(64, true);
  private static final Schema NUMBERS =
      new Schema(
          List.of(
              Lake.field("n", LONG),
              Lake.field("label", ArrowType.Utf8.INSTANCE),
              Lake.field("half", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE))));

  @TempDir Path folder;
  private Lake lake;

  @BeforeEach
  void open() {
    lake = new Lake(folder);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private interface Opener {
    ArrowReader open(FunctionCall call, BufferAllocator allocator);
  }

  private record Computed(String name, Schema schema, Opener opener)
      implements TableFunction.Computed {
    @Override
    public ArrowReader open(FunctionCall call, BufferAllocator allocator) {
      return opener.open(call, allocator);
    }
  }

  private record Expanded(String name, Schema schema, Function<FunctionCall, String> sql)
      implements TableFunction.Expanded {
    @Override
    public void check(Arguments arguments) {
      arguments.requireCount(1);
    }

    @Override
    public String expand(FunctionCall call) {
      return sql.apply(call);
    }
  }

  /// `numbers(count)`: counts what it was asked for.
  private final class Numbers implements TableFunction.Computed {
    final AtomicInteger opened = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    final AtomicLong made = new AtomicLong();

    @Override
    public String name() {
      return "numbers";
    }

    @Override
    public Schema schema() {
      return NUMBERS;
    }

    @Override
    public void check(Arguments arguments) {
      arguments.requireCount(1);
      if (arguments.integer(0) < 0) {
        throw arguments.wrong(0, "must not be negative");
      }
    }

    @Override
    public ArrowReader open(FunctionCall call, BufferAllocator allocator) {
      opened.incrementAndGet();
      long count = call.arguments().integer(0);
      return new ArrowReader(allocator) {
        private long next;

        @Override
        public boolean loadNextBatch() throws IOException {
          VectorSchemaRoot root = getVectorSchemaRoot();
          root.allocateNew();
          int rows = (int) Math.min(5_000, count - next);
          for (int i = 0; i < rows; i++) {
            long n = next + i;
            ((BigIntVector) root.getVector(0)).setSafe(i, n);
            ((VarCharVector) root.getVector(1))
                .setSafe(i, ("number " + n).getBytes(StandardCharsets.UTF_8));
            ((Float8Vector) root.getVector(2)).setSafe(i, n / 2.0);
          }
          next += rows;
          made.addAndGet(rows);
          root.setRowCount(rows);
          return rows > 0;
        }

        @Override
        public long bytesRead() {
          return 0;
        }

        @Override
        protected void closeReadSource() {
          closed.incrementAndGet();
        }

        @Override
        protected Schema readSchema() {
          return NUMBERS;
        }
      };
    }
  }

  private Numbers numbers() {
    Numbers numbers = new Numbers();
    lake.functions.add(numbers);
    return numbers;
  }

  @Test
  void rowsAreStreamedInOrder() {
    Numbers numbers = numbers();
    assertThat(lake.rows("SELECT n, label, half FROM numbers(3)"))
        .containsExactly("0|number 0|0.0", "1|number 1|0.5", "2|number 2|1.0");
    assertThat(lake.rows("SELECT * FROM numbers(0)")).isEmpty();
    List<String> all = lake.rows("SELECT n FROM numbers(20000)");
    assertThat(all).hasSize(20_000).startsWith("0", "1").endsWith("19999");
    assertThat(all).isEqualTo(IntStream.range(0, 20_000).mapToObj(String::valueOf).toList());
    assertThat(numbers.closed).hasValue(numbers.opened.get());
  }

  @Test
  void onlyTheColumnsInUseAreCopied() {
    numbers();
    assertThat(lake.one("SELECT count(*) FROM numbers(12345)")).isEqualTo("12345");
    assertThat(lake.one("SELECT max(half) FROM numbers(12345)")).isEqualTo("6172.0");
    assertThat(lake.one("SELECT half, n FROM numbers(10) WHERE label = 'number 7'"))
        .isEqualTo("3.5|7");
    assertThat(lake.one("SELECT 1 FROM numbers(1)")).isEqualTo("1");
    assertThat(lake.one("SELECT count(*) FROM numbers(10) a, numbers(20) b WHERE a.n = b.n"))
        .isEqualTo("10");
  }

  @Test
  void tenMillionRowsTakeBoundedMemory() {
    Numbers numbers = numbers();
    assertThat(lake.one("SELECT count(*), sum(n), max(length(label)) FROM numbers(10000000)"))
        .isEqualTo("10000000|49999995000000|14");
    assertThat(numbers.made).hasValue(10_000_000);
    assertThat(lake.allocator.getPeakMemoryAllocation()).isLessThan(32L << 20);
  }

  @Test
  void aLimitStopsTheSource() {
    Numbers numbers = numbers();
    assertThat(lake.rows("SELECT n FROM numbers(10000000) LIMIT 10")).hasSize(10);
    assertThat(numbers.made.get()).isLessThan(100_000);
    assertThat(lake.rows("SELECT count(*) FROM (SELECT * FROM numbers(10000000) LIMIT 10) t"))
        .containsExactly("10");
    assertThat(numbers.made.get()).isLessThan(200_000);
    assertThat(numbers.closed).hasValue(2);
  }

  @Test
  void aReferenceThatIsUsedTwiceGivesItsRowsTwice() {
    numbers();
    assertThat(
            lake.one(
                "WITH t AS (SELECT * FROM numbers(100))"
                    + " SELECT count(*) FROM t a JOIN t b ON a.n = b.n + 1"))
        .isEqualTo("99");
  }

  @Test
  void wrongArgumentsAreFoundWhilePlanning() {
    Numbers numbers = numbers();
    assertThatThrownBy(() -> lake.rows("SELECT * FROM numbers('x')"))
        .isInstanceOf(BadRequestException.class)
        .hasMessageStartingWith(
            "error building dataframe: First argument to numbers must be an integer");
    assertThatThrownBy(() -> lake.rows("SELECT * FROM numbers(-1)"))
        .hasMessageContaining("First argument to numbers must not be negative");
    assertThatThrownBy(() -> lake.rows("SELECT * FROM numbers()"))
        .hasMessageContaining("numbers takes 1 arguments, but was given 0");
    assertThat(numbers.opened).hasValue(0);
  }

  @Test
  void nothingIsComputedForADescription() {
    Numbers numbers = numbers();
    assertThat(
            lake.engine
                .describe(lake.request("SELECT n, label FROM numbers(5)"))
                .schema()
                .getFields())
        .extracting(Field::getName)
        .containsExactly("n", "label");
    assertThat(
            lake.engine
                .describe(lake.request("SELECT count(*) AS c, max(n) AS m FROM numbers(5)"))
                .schema()
                .getFields())
        .hasSize(2);
    assertThat(lake.rows("EXPLAIN SELECT * FROM numbers(5)")).isNotEmpty();
    assertThat(numbers.opened).hasValue(0);
    assertThat(lake.rows("EXPLAIN ANALYZE SELECT * FROM numbers(5)")).isNotEmpty();
    assertThat(numbers.opened).hasValue(1);
  }

  @Test
  void everyTypeOfTheSchemasArrives() {
    ArrowType.Int u32 = new ArrowType.Int(32, false);
    Schema schema =
        new Schema(
            List.of(
                Lake.dictionary("d", ArrowType.Utf8.INSTANCE),
                Lake.field("t", Lake.TIME),
                Lake.field("b", ArrowType.Binary.INSTANCE),
                Lake.field("f", new ArrowType.FixedSizeBinary(16)),
                Lake.field("i32", new ArrowType.Int(32, true)),
                Lake.field("u32", u32),
                Lake.field("u64", new ArrowType.Int(64, false)),
                Lake.field("i16", new ArrowType.Int(16, true)),
                Lake.field("flag", ArrowType.Bool.INSTANCE),
                new Field(
                    "tags",
                    FieldType.nullable(ArrowType.List.INSTANCE),
                    List.of(Lake.field("tag", ArrowType.Utf8.INSTANCE))),
                new Field(
                    "sizes",
                    FieldType.nullable(ArrowType.List.INSTANCE),
                    List.of(Lake.field("size", LONG)))));
    byte[] bytes = new byte[16];
    Arrays.fill(bytes, (byte) 0xab);
    List<Object[]> rows = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      rows.add(
          i % 5 == 4
              ? new Object[schema.getFields().size()]
              : new Object[] {
                "a rather long text " + i,
                Instant.EPOCH.plusNanos(i),
                new byte[i % 20],
                bytes,
                -i,
                0xffff_fff0 + i % 10,
                -1L,
                -7,
                i % 2 == 0,
                List.of("x", "a longer tag than twelve bytes " + i),
                IntStream.range(0, i % 4).mapToObj(Long::valueOf).toList()
              });
    }
    lake.functions.add(
        new Computed(
            "things",
            schema,
            (call, allocator) -> ArrowRows.reader(schema, rows.iterator(), allocator)));
    assertThat(
            lake.rows(
                "SELECT d, CAST(t AS BIGINT), octet_length(b), encode(f, 'hex'), i32, CAST(u32 AS TEXT), CAST(u64 AS TEXT), i16,"
                    + " flag, tags[2], sizes FROM things() WHERE i32 = -4998 OR i32 = -3"))
        .containsExactly(
            "a rather long text 3|3|3|abababababababababababababababab|-3|4294967283"
                + "|18446744073709551615|-7|false|a longer tag than twelve bytes 3|[0,1,2]",
            "a rather long text 4998|4998|18|abababababababababababababababab|-4998|4294967288"
                + "|18446744073709551615|-7|true|a longer tag than twelve bytes 4998|[0,1]");
    assertThat(
            lake.one(
                "SELECT count(*), count(d), count(t), count(b), count(f), count(i32), count(u32),"
                    + " count(u64), count(i16), count(flag), count(tags), count(sizes),"
                    + " sum(array_length(sizes)) FROM things()"))
        .isEqualTo("5000" + "|4000".repeat(11) + "|6000");
    try (QueryResult result = lake.engine.query(lake.request("SELECT i32, d FROM things()"))) {
      assertThat(result.dictionaryColumns()).containsExactly(1);
    }
  }

  @Test
  void dictionariesMayComeEncoded() {
    Field encoded = Lake.dictionary("d", ArrowType.Utf8.INSTANCE);
    Schema schema = new Schema(List.of(encoded));
    lake.functions.add(new Computed("words", schema, (call, allocator) -> new Words(allocator)));
    assertThat(lake.rows("SELECT d, count(*) FROM words() GROUP BY d ORDER BY d"))
        .containsExactly("a text of some length|3334", "short|3333", "null|3333");
  }

  /// 10,000 rows of two words and NULL, encoded, in one batch.
  private static final class Words extends ArrowReader {
    private boolean done;
    private final Dictionary dictionary;

    Words(BufferAllocator allocator) {
      super(allocator);
      VarCharVector values = new VarCharVector("d", allocator);
      values.setSafe(0, "a text of some length".getBytes(StandardCharsets.UTF_8));
      values.setSafe(1, "short".getBytes(StandardCharsets.UTF_8));
      values.setValueCount(2);
      this.dictionary =
          new Dictionary(values, new DictionaryEncoding(1, false, new ArrowType.Int(32, true)));
    }

    @Override
    public Dictionary lookup(long id) {
      return dictionary;
    }

    @Override
    public boolean loadNextBatch() throws IOException {
      if (done) {
        return false;
      }
      done = true;
      VectorSchemaRoot root = getVectorSchemaRoot();
      IntVector indices = (IntVector) root.getVector(0);
      for (int i = 0; i < 10_000; i++) {
        if (i % 3 == 2) {
          indices.setNull(i);
        } else {
          indices.setSafe(i, i % 3);
        }
      }
      root.setRowCount(10_000);
      return true;
    }

    @Override
    public long bytesRead() {
      return 0;
    }

    @Override
    protected void closeReadSource() {
      dictionary.getVector().close();
    }

    @Override
    protected Schema readSchema() {
      return new Schema(List.of(Lake.dictionary("d", ArrowType.Utf8.INSTANCE)));
    }
  }

  private Iterator<Object[]> failingAfter(int rows, RuntimeException error) {
    return new Iterator<>() {
      private int given;

      @Override
      public boolean hasNext() {
        return true;
      }

      @Override
      public Object[] next() {
        if (given++ == rows) {
          throw error;
        }
        return new Object[] {(long) given};
      }
    };
  }

  @Test
  void errorsOfTheSourceAreTheQuerysErrors() {
    Schema one = new Schema(List.of(Lake.field("n", LONG)));
    lake.functions.add(
        new Computed(
            "missing",
            one,
            (call, allocator) -> {
              throw new NotFoundException("process 17 not found");
            }));
    lake.functions.add(
        new Computed(
            "late",
            one,
            (call, allocator) ->
                ArrowRows.reader(
                    one,
                    failingAfter(20_000, new BadRequestException("row 20000 is bad")),
                    allocator)));
    lake.functions.add(
        new Computed(
            "broken",
            one,
            (call, allocator) ->
                ArrowRows.reader(
                    one, failingAfter(3, new IllegalStateException("a bug")), allocator)));
    assertThatThrownBy(() -> lake.rows("SELECT * FROM missing()"))
        .isInstanceOf(NotFoundException.class)
        .hasMessageStartingWith("error creating physical plan: process 17 not found (query_id=");
    assertThatThrownBy(() -> lake.rows("SELECT sum(n) FROM late()"))
        .isInstanceOf(BadRequestException.class)
        .hasMessageStartingWith("error building data stream: row 20000 is bad (query_id=");
    assertThat(lake.rows("SELECT n FROM late() LIMIT 5")).hasSize(5);
    assertThatThrownBy(() -> lake.rows("SELECT * FROM broken()"))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("broken failed: a bug");
    assertThat(lake.one("SELECT 1")).isEqualTo("1");
  }

  @Test
  void cancellingStopsASourceThatWaits() throws Exception {
    Schema one = new Schema(List.of(Lake.field("n", LONG)));
    CountDownLatch waiting = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    AtomicBoolean closed = new AtomicBoolean();
    Iterator<Object[]> rows =
        new ClosableRows(
            closed,
            () -> {
              waiting.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.set(true);
              }
              throw new IllegalStateException("gave up");
            });
    lake.functions.add(
        new Computed("waits", one, (call, allocator) -> ArrowRows.reader(one, rows, allocator)));
    try (QueryResult result = lake.engine.query(lake.request("SELECT sum(n) FROM waits()"));
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> reading = executor.submit(() -> result.next());
      waiting.await();
      result.cancel();
      assertThatThrownBy(reading::get)
          .hasCauseInstanceOf(UnavailableException.class)
          .hasMessageContaining("cancelled");
    }
    assertThat(interrupted).isTrue();
    assertThat(closed).isTrue();
  }

  private static final class ClosableRows implements Iterator<Object[]>, AutoCloseable {
    private final AtomicBoolean closed;
    private final Runnable next;

    ClosableRows(AtomicBoolean closed, Runnable next) {
      this.closed = closed;
      this.next = next;
    }

    @Override
    public boolean hasNext() {
      return true;
    }

    @Override
    public Object[] next() {
      next.run();
      return new Object[] {1L};
    }

    @Override
    public void close() {
      closed.set(true);
    }
  }

  @Test
  void anAbandonedQueryStopsItsSource() {
    Numbers numbers = numbers();
    try (QueryResult result =
        lake.engine.query(lake.request("SELECT * FROM numbers(1000000000)"))) {
      assertThat(result.next()).isTrue();
    }
    assertThat(numbers.closed).hasValue(1);
    assertThat(numbers.made.get()).isLessThan(1_000_000_000L);
  }

  @Test
  void aTimeLimitStopsTheSource() {
    Numbers numbers = numbers();
    assertThatThrownBy(() ->
            lake.rows(
                lake.request(
                    "SELECT max(n) FROM numbers(100000000000)",
                    TimeRange.ALL,
                    new QueryLimits(
                        64L << 20, Long.MAX_VALUE, Duration.ofMillis(200), Long.MAX_VALUE))))
        .hasMessageContaining("time limit");
    assertThat(numbers.closed).hasValue(1);
  }

  @Test
  void anExpansionIsPlannedLikeTheUsersOwnQuery() throws IOException {
    Lake.Table logs = lake.logs(1, 2_000);
    lake.functions.add(
        new Expanded(
            "errors_of",
            new Schema(
                List.of(Lake.field("time", Lake.TIME), Lake.field("msg", ArrowType.Utf8.INSTANCE))),
            call ->
                "SELECT time, msg FROM view_instance('log_entries', '%s') WHERE level <= 2 AND process_id = '%s'"
                    .formatted(call.arguments().text(0), call.arguments().text(0))));
    TimeRange range =
        TimeRange.of(Instant.parse("2025-01-01T00:10:00Z"), Instant.parse("2025-01-01T00:20:00Z"));
    assertThat(
            lake.rows(
                lake.request(
                    "SELECT count(*), min(e.time) >= '2025-01-01T00:10:00Z' FROM errors_of('p0') e",
                    range,
                    Lake.limits())))
        .containsExactly("100|true");
    assertThat(logs.requests).hasSize(1);
    assertThat(logs.requests.getFirst().eventTime()).isEqualTo(range);
    assertThat(logs.requests.getFirst().processIds()).containsExactly("p0");
    assertThat(lake.one("SELECT count(*) FROM errors_of('p0') a JOIN errors_of('p1') b ON true"))
        .isEqualTo("111556");
    assertThatThrownBy(() -> lake.rows("SELECT * FROM errors_of(1)"))
        .hasMessageContaining("First argument to errors_of must be a string");
    assertThat(lake.rows("EXPLAIN SELECT * FROM errors_of('p0')")).isNotEmpty();
    assertThat(logs.requests.getLast().materialize()).isFalse();
    assertThat(logs.open).isZero();
  }

  @Test
  void functionsRunQueriesOfTheirOwn() throws IOException {
    Lake.Table logs = lake.logs(1, 2_000);
    Schema schema = new Schema(List.of(Lake.field("msg", ArrowType.Utf8.INSTANCE)));
    lake.functions.add(
        new Computed(
            "messages",
            schema,
            (call, allocator) ->
                new QueryRows(
                    allocator,
                    schema,
                    call.queries()
                        .run(
                            "SELECT msg FROM log_entries WHERE level = "
                                + call.arguments().integer(0),
                            call.range()))));
    lake.functions.add(
        new Expanded(
            "per_level",
            schema,
            call -> {
              List<String> parts = new ArrayList<>();
              try (QueryResult levels =
                  call.queries()
                      .run(
                          "SELECT DISTINCT level FROM log_entries WHERE level <= "
                              + call.arguments().integer(0),
                          TimeRange.ALL)) {
                while (levels.next()) {
                  for (int i = 0; i < levels.root().getRowCount(); i++) {
                    parts.add(
                        "SELECT msg FROM messages("
                            + levels.root().getVector(0).getObject(i)
                            + ")");
                  }
                }
              }
              return String.join(" UNION ALL ", parts);
            }));
    assertThat(lake.one("SELECT count(*) FROM messages(1)")).isEqualTo("334");
    assertThat(lake.one("SELECT count(*) FROM per_level(3)")).isEqualTo("1001");
    TimeRange range =
        TimeRange.of(Instant.parse("2025-01-01T00:10:00Z"), Instant.parse("2025-01-01T00:20:00Z"));
    assertThat(lake.rows(lake.request("SELECT count(*) FROM messages(1)", range, Lake.limits())))
        .containsExactly("100");
    assertThatThrownBy(() -> lake.rows("SELECT * FROM messages(9) a, messages(1), nope"))
        .hasMessageContaining("nope");
    // More at a time than there are threads for calls into the engine.
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> all = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        all.add(executor.submit(() -> lake.one("SELECT count(*) FROM per_level(6)")));
      }
      for (Future<String> one : all) {
        assertThat(one.get()).isEqualTo("2000");
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
    assertThat(logs.open).isZero();
  }

  @Test
  void errorsOfInnerQueriesAreLabelledOnce() throws IOException {
    lake.logs(1, 10);
    Schema schema = new Schema(List.of(Lake.field("msg", ArrowType.Utf8.INSTANCE)));
    lake.functions.add(
        new Computed(
            "bad",
            schema,
            (call, allocator) ->
                new QueryRows(
                    allocator,
                    schema,
                    call.queries().run("SELECT CAST(msg AS INT) FROM log_entries", call.range()))));
    assertThatThrownBy(() -> lake.rows("SELECT * FROM bad()"))
        .isInstanceOf(BadRequestException.class)
        .hasMessageMatching("(?s)error [a-z ]+: Conversion Error: .*\\(query_id=[0-9a-f-]+\\)")
        .extracting(e -> e.getMessage().split("query_id", -1).length)
        .isEqualTo(2);
  }

  @Test
  void cancellingReachesTheInnerQuery() throws Exception {
    Schema schema = new Schema(List.of(Lake.field("n", LONG)));
    CountDownLatch running = new CountDownLatch(1);
    lake.functions.add(
        new Computed(
            "endless",
            schema,
            (call, allocator) -> {
              running.countDown();
              return new QueryRows(
                  allocator,
                  schema,
                  call.queries()
                      .run(
                          "SELECT count(*) FROM range(100000000) a, range(100000000) b"
                              + " WHERE (a.value + b.value) % 7 = 3",
                          call.range()));
            }));
    try (QueryResult result = lake.engine.query(lake.request("SELECT * FROM endless()"));
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> reading = executor.submit(() -> result.next());
      running.await();
      result.cancel();
      assertThatThrownBy(reading::get).hasCauseInstanceOf(UnavailableException.class);
    }
  }

  @Test
  void exportsReadTableFunctions() {
    numbers();
    Path target = folder.resolve("data/numbers.parquet");
    assertThat(
            lake.engine
                .export(
                    new ExportRequest(
                        "SELECT n, label FROM numbers(300000)", lake, target, Optional.empty()))
                .rows())
        .isEqualTo(300_000);
  }

  @Test
  void usersCannotNameTheEnginesCallbacks() {
    numbers();
    for (String sql :
        List.of(
            "SELECT * FROM table_function_rows(1)",
            "SELECT scalar_call_text('1', 'x')",
            "SELECT scalar_call_binary('1')")) {
      assertThatThrownBy(() -> lake.rows(sql)).isInstanceOf(BadRequestException.class);
    }
  }

  /// The rows of a query as those of a function.
  private static final class QueryRows extends ArrowReader {
    private final Schema schema;
    private final QueryResult result;

    QueryRows(BufferAllocator allocator, Schema schema, QueryResult result) {
      super(allocator);
      this.schema = schema;
      this.result = result;
    }

    @Override
    public boolean loadNextBatch() {
      return result.next();
    }

    @Override
    public VectorSchemaRoot getVectorSchemaRoot() {
      return result.root();
    }

    @Override
    public long bytesRead() {
      return 0;
    }

    @Override
    public void close() {
      result.close();
    }

    @Override
    protected void closeReadSource() {}

    @Override
    protected Schema readSchema() {
      return schema;
    }
  }
}
