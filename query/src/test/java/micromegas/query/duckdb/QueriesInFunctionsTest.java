package micromegas.query.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import micromegas.common.BadRequestException;
import micromegas.common.TimeRange;
import micromegas.common.UnavailableException;
import micromegas.query.Arguments;
import micromegas.query.FunctionCall;
import micromegas.query.QueryResult;
import micromegas.query.TableFunction;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Functions in FROM that become SQL, and that run queries of their own.
@Timeout(120)
class QueriesInFunctionsTest {
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
        new ComputedBy(
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
        new ComputedBy(
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
    Schema schema = new Schema(List.of(Lake.field("n", new ArrowType.Int(64, true))));
    CountDownLatch running = new CountDownLatch(1);
    lake.functions.add(
        new ComputedBy(
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
