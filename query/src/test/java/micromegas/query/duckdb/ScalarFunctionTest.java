package micromegas.query.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import micromegas.common.BadRequestException;
import micromegas.common.NotFoundException;
import micromegas.common.ResourceExhaustedException;
import micromegas.common.TimeRange;
import micromegas.common.UnavailableException;
import micromegas.query.ConcurrentCalls;
import micromegas.query.QueryLimits;
import micromegas.query.QueryResult;
import micromegas.query.ScalarFunction;
import micromegas.query.ScalarFunction.Type;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Functions of the catalog in expressions.
@Timeout(120)
class ScalarFunctionTest {
  @TempDir Path folder;
  private Lake lake;

  @BeforeEach
  void open() throws IOException {
    lake = new Lake(folder);
    lake.logs(1, 5_000);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private record Batch(
      String name,
      List<Type> parameters,
      Type result,
      int maxRows,
      Function<List<List<Object>>, List<Object>> function)
      implements ScalarFunction {
    @Override
    public List<Object> call(List<List<Object>> rows) {
      return function.apply(rows);
    }
  }

  private void perRow(
      String name, List<Type> parameters, Type result, Function<List<Object>, Object> function) {
    lake.scalarFunctions.add(
        new Batch(
            name,
            parameters,
            result,
            2_048,
            rows -> {
              List<Object> results = new ArrayList<>();
              rows.forEach(row -> results.add(function.apply(row)));
              return results;
            }));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void isCalledForEveryRowInOrder() {
    perRow(
        "payload",
        List.of(Type.TEXT, Type.TEXT),
        Type.BINARY,
        row -> row.contains(null) ? null : utf8(row.get(0) + "/" + row.get(1)));
    assertThat(lake.one("SELECT encode(payload('a', 'b'), 'hex')")).isEqualTo("612f62");
    assertThat(
            lake.one(
                "SELECT count(*), count(DISTINCT payload(process_id, msg)),"
                    + " count(*) FILTER (WHERE payload(process_id, msg) = (process_id || '/' || msg)::blob)"
                    + " FROM log_entries"))
        .isEqualTo("5000|5000|5000");
    assertThat(
            lake.rows(
                "SELECT payload(v.x, 'y') IS NULL FROM (VALUES ('a'), (NULL)) v(x) ORDER BY x"))
        .containsExactly("false", "true");
    assertThat(
            lake.schema("SELECT payload('a', 'b') AS p, payload('a', 'b') FROM log_entries")
                .getFields()
                .get(0)
                .getName())
        .isEqualTo("p");
  }

  @Test
  void everyTypeIsPassedAndReturned() {
    for (Type type : Type.values()) {
      perRow(
          "same_" + type.name().toLowerCase(java.util.Locale.ROOT),
          List.of(type),
          type,
          List::getFirst);
    }
    assertThat(
            lake.one(
                "SELECT same_text(5), encode(same_binary(decode('c3a4', 'hex')), 'hex'), same_int64(-7),"
                    + " same_float64(0.1), same_boolean(true),"
                    + " CAST(same_time(TIMESTAMP '2025-01-01T00:00:00.123456789Z') AS BIGINT),"
                    + " same_float64(CAST('nan' AS DOUBLE)), same_float64(CAST('-inf' AS DOUBLE)),"
                    + " same_int64(NULL) IS NULL"))
        .isEqualTo("5|c3a4|-7|0.1|true|1735689600123456789|NaN|-Infinity|true");
    perRow("type_of", List.of(Type.TIME), Type.TEXT, row -> row.getFirst().getClass().getName());
    assertThat(lake.one("SELECT type_of('2025-01-01')")).isEqualTo(Instant.class.getName());
  }

  @Test
  void tenAtATimeInOrder() {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch tenRunning = new CountDownLatch(10);
    ConcurrentCalls calls = new ConcurrentCalls(10);
    lake.scalarFunctions.add(
        new Batch(
            "slow",
            List.of(Type.TEXT),
            Type.TEXT,
            100,
            rows ->
                calls.map(
                    rows,
                    row -> {
                      most.accumulateAndGet(running.incrementAndGet(), Math::max);
                      tenRunning.countDown();
                      await(tenRunning);
                      running.decrementAndGet();
                      return row.getFirst() + "!";
                    })));
    List<String> rows = lake.rows("SELECT slow(msg) FROM log_entries ORDER BY time");
    assertThat(rows)
        .isEqualTo(IntStream.range(0, 5_000).mapToObj(i -> "message " + i + "!").toList());
    assertThat(most).hasValue(10);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted", e);
    }
  }

  @Test
  void errorsAreTheQuerysErrors() {
    ConcurrentCalls calls = new ConcurrentCalls(10);
    lake.scalarFunctions.add(
        new Batch(
            "fails",
            List.of(Type.TEXT),
            Type.BINARY,
            2_048,
            rows ->
                calls.map(
                    rows,
                    row -> {
                      if (row.getFirst().equals("message 1234")) {
                        throw new NotFoundException("error downloading payload: no such object");
                      }
                      return new byte[] {1};
                    })));
    perRow(
        "broken",
        List.of(),
        Type.TEXT,
        row -> {
          throw new IllegalStateException("a bug");
        });
    assertThatThrownBy(() -> lake.rows("SELECT octet_length(fails(msg)) FROM log_entries"))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("error downloading payload: no such object");
    assertThatThrownBy(() -> lake.rows("SELECT broken()"))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("broken failed: a bug");
    assertThatThrownBy(() -> lake.rows("SELECT fails()"))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("fails takes 1 arguments, but was given 0");
    assertThatThrownBy(() -> lake.rows("SELECT fails(DISTINCT msg) FROM log_entries"))
        .isInstanceOf(BadRequestException.class);
    assertThat(lake.one("SELECT 1")).isEqualTo("1");
  }

  @Test
  void isNotCalledAheadOfTime() {
    AtomicInteger calls = new AtomicInteger();
    perRow("effect", List.of(Type.TEXT), Type.TEXT, row -> "done " + calls.incrementAndGet());
    assertThat(lake.rows("EXPLAIN SELECT effect('x')")).isNotEmpty();
    assertThat(lake.engine.describe(lake.request("SELECT effect('x') AS e")).schema().getFields())
        .hasSize(1);
    assertThat(calls).hasValue(0);
    assertThat(lake.rows("SELECT effect('x') FROM (VALUES (1), (2), (3))")).hasSize(3);
    assertThat(calls).hasValue(3);
  }

  @Test
  void resultsCountAsTheQuerysMemory() {
    lake.scalarFunctions.add(
        new Batch(
            "large",
            List.of(),
            Type.BINARY,
            4,
            rows -> new ArrayList<>(rows.stream().map(row -> new byte[1 << 20]).toList())));
    QueryLimits small =
        new QueryLimits(256L << 20, 32L << 20, Duration.ofMinutes(1), Long.MAX_VALUE);
    assertThatThrownBy(() ->
            lake.rows(
                lake.request(
                    "SELECT octet_length(large()) FROM log_entries", TimeRange.ALL, small)))
        .isInstanceOf(ResourceExhaustedException.class)
        .hasMessageContaining("(query-memory-mb) of 32 MiB");
    assertThat(lake.rows("SELECT octet_length(large()) FROM log_entries LIMIT 2"))
        .containsExactly("1048576", "1048576");
  }

  @Test
  void cancellingInterruptsACall() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    ConcurrentCalls calls = new ConcurrentCalls(10);
    lake.scalarFunctions.add(
        new Batch(
            "waits",
            List.of(Type.TEXT),
            Type.TEXT,
            2_048,
            rows ->
                calls.map(
                    rows,
                    row -> {
                      waiting.countDown();
                      await(never);
                      return "";
                    })));
    try (QueryResult result =
            lake.engine.query(lake.request("SELECT max(waits(msg)) FROM log_entries"));
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> reading = executor.submit(() -> result.next());
      waiting.await();
      result.cancel();
      assertThatThrownBy(reading::get)
          .hasCauseInstanceOf(UnavailableException.class)
          .hasMessageContaining("cancelled");
    }
  }
}
