package micromegas.lakehouse.materialize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import micromegas.common.UnavailableException;
import micromegas.lake.metadata.Database;
import micromegas.lake.testkit.TestPostgres;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SingleFlightTest {
  private final Database database = TestPostgres.freshDatabase();
  private final SingleFlight here = new SingleFlight(database.dataSource());
  private final SingleFlight elsewhere = new SingleFlight(database.dataSource());

  @AfterEach
  void close() {
    database.close();
  }

  /// Two objects stand for two processes: each has a connection of its own for its locks.
  @Test
  void oneBuilderAtATimeInThisProcessAndInOthers() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger together = new AtomicInteger();
    AtomicInteger built = new AtomicInteger();
    CountDownLatch go = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> waiting = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        SingleFlight flight = i % 2 == 0 ? here : elsewhere;
        waiting.add(
            threads.submit(() -> {
              go.await();
              return flight.run(
                  "key",
                  () -> {
                    together.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    built.compareAndSet(0, 1);
                    inside.decrementAndGet();
                    return 1;
                  });
            }));
      }
      go.countDown();
      for (Future<?> future : waiting) {
        future.get(30, TimeUnit.SECONDS);
      }
    }
    assertThat(together).hasValue(1);
    assertThat(locks()).isZero();
  }

  @Test
  void differentKeysDoNotWaitForEachOtherAndAKeyCanBeTakenAgain() {
    int result =
        here.run("a", () -> elsewhere.run("b", () -> here.run("c", () -> here.run("a", () -> 7))));
    assertThat(result).isEqualTo(7);
    assertThat(locks()).isZero();
  }

  @Test
  void workThatFailsGivesTheKeyBack() {
    assertThatThrownBy(() ->
            here.run(
                "key",
                () -> {
                  assertThat(locks()).isEqualTo(1);
                  throw new IllegalStateException("no");
                }))
        .hasMessage("no");
    assertThat(locks()).isZero();
    assertThat(elsewhere.<Integer>run("key", () -> 1)).isEqualTo(1);
  }

  @Test
  void theWaitForAnotherProcessHasALimit() {
    SingleFlight impatient = new SingleFlight(database.dataSource(), Duration.ofMillis(50));
    int result = here.run("key", () -> impatient.run("key", () -> 3));
    assertThat(result).isEqualTo(3);
    assertThat(locks()).isZero();
  }

  @Test
  void anInterruptEndsTheWait() {
    here.run(
        "key",
        () -> {
          Thread.currentThread().interrupt();
          assertThatThrownBy(() -> elsewhere.run("key", () -> 1))
              .isInstanceOf(UnavailableException.class)
              .hasMessageContaining("interrupted");
          return Thread.interrupted();
        });
    assertThat(locks()).isZero();
  }

  private long locks() {
    return Jdbi.create(database.dataSource())
        .withHandle(handle ->
            handle
                .createQuery(
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid ="
                        + " :class AND database = (SELECT oid FROM pg_database WHERE datname ="
                        + " current_database())")
                .bind("class", SingleFlight.LOCK_CLASS)
                .mapTo(Long.class)
                .one());
  }
}
