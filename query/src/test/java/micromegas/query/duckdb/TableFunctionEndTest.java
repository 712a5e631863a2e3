package micromegas.query.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import micromegas.common.BadRequestException;
import micromegas.common.NotFoundException;
import micromegas.common.TimeRange;
import micromegas.common.UnavailableException;
import micromegas.query.ArrowRows;
import micromegas.query.QueryLimits;
import micromegas.query.QueryResult;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// How functions in FROM end early: errors, cancelled and abandoned queries, time limits.
@Timeout(120)
class TableFunctionEndTest {
  private static final Schema ONE =
      new Schema(List.of(Lake.field("n", new ArrowType.Int(64, true))));

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

  private Numbers numbers() {
    Numbers numbers = new Numbers();
    lake.functions.add(numbers);
    return numbers;
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
    lake.functions.add(
        new ComputedBy(
            "missing",
            ONE,
            (call, allocator) -> {
              throw new NotFoundException("process 17 not found");
            }));
    lake.functions.add(
        new ComputedBy(
            "late",
            ONE,
            (call, allocator) ->
                ArrowRows.reader(
                    ONE,
                    failingAfter(20_000, new BadRequestException("row 20000 is bad")),
                    allocator)));
    lake.functions.add(
        new ComputedBy(
            "broken",
            ONE,
            (call, allocator) ->
                ArrowRows.reader(
                    ONE, failingAfter(3, new IllegalStateException("a bug")), allocator)));
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
        new ComputedBy("waits", ONE, (call, allocator) -> ArrowRows.reader(ONE, rows, allocator)));
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
}
