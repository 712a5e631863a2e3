package micromegas.lakehouse.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import micromegas.lake.metadata.Database;
import micromegas.lake.testkit.TestPostgres;
import micromegas.lakehouse.materialize.InsertSlice;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MaintenanceDaemonTest {
  private final Database database = TestPostgres.freshDatabase();
  private final Jdbi jdbi = Jdbi.create(database.dataSource());

  @AfterEach
  void close() {
    database.close();
  }

  private static MaintenanceSettings settings(Duration stopDeadline) {
    return new MaintenanceSettings(
        true,
        false,
        false,
        false,
        Duration.ofDays(90),
        Duration.ofDays(1),
        1000,
        2,
        Duration.ofSeconds(10),
        Duration.ofMinutes(15),
        Duration.ofMillis(50),
        Duration.ofSeconds(1),
        stopDeadline);
  }

  private MaintenanceDaemon daemon(ModelLake lake, MaintenanceSettings settings) {
    MaintenanceTasks tasks =
        new MaintenanceTasks(lake.materializer(), lake, List.of(), settings, Clock.systemUTC());
    return new MaintenanceDaemon(database.dataSource(), tasks, settings, Clock.systemUTC());
  }

  /// Counts the windows of the every-second task, and tells when enough of them were asked for.
  private static final class Watched implements SourceStates {
    final CountDownLatch enough;
    final AtomicInteger running = new AtomicInteger();
    final AtomicInteger together = new AtomicInteger();
    final List<InsertSlice> windows = new java.util.concurrent.CopyOnWriteArrayList<>();

    Watched(int enough) {
      this.enough = new CountDownLatch(enough);
    }

    @Override
    public SourceState of(micromegas.lakehouse.view.View view, InsertSlice slice) {
      return SourceState.of(0);
    }

    @Override
    public boolean anyBlock(InsertSlice slice) {
      together.accumulateAndGet(running.incrementAndGet(), Math::max);
      windows.add(slice);
      running.decrementAndGet();
      enough.countDown();
      return false;
    }
  }

  @Test
  void twoDaemonsShareTheRuns() throws InterruptedException {
    ModelLake lake = new ModelLake();
    Watched watched = new Watched(4);
    MaintenanceSettings settings = settings(Duration.ofSeconds(10));
    MaintenanceTasks tasks =
        new MaintenanceTasks(lake.materializer(), watched, List.of(), settings, Clock.systemUTC());
    try (MaintenanceDaemon first =
            new MaintenanceDaemon(database.dataSource(), tasks, settings, Clock.systemUTC());
        MaintenanceDaemon second =
            new MaintenanceDaemon(database.dataSource(), tasks, settings, Clock.systemUTC())) {
      first.start();
      second.start();
      assertThat(watched.enough.await(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(watched.together).hasValue(1);
    // Each run ends one second after the one before: nothing twice, nothing left out.
    assertThat(watched.windows).extracting(InsertSlice::end).doesNotHaveDuplicates().isSorted();
    for (int i = 1; i < watched.windows.size(); i++) {
      assertThat(watched.windows.get(i).begin())
          .isBeforeOrEqualTo(watched.windows.get(i - 1).end());
    }
  }

  @Test
  void theTableOfTasksRemembersHowFarATaskGotAndAnOverdueOneRunsAtOnce()
      throws InterruptedException {
    Watched watched = new Watched(1);
    MaintenanceSettings settings = settings(Duration.ofSeconds(10));
    MaintenanceTasks tasks =
        new MaintenanceTasks(
            new ModelLake().materializer(), watched, List.of(), settings, Clock.systemUTC());
    Instant then = Instant.now().minusSeconds(5).truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
    jdbi.useHandle(handle ->
        handle.execute(
            "INSERT INTO micromegas_java.scheduled_tasks (task_name, task_instance, task_data,"
                + " execution_time, picked, version) VALUES ('every-second', 'recurring', ?, ?,"
                + " false, 1)",
            then.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8),
            then.atOffset(ZoneOffset.UTC)));
    try (MaintenanceDaemon daemon =
        new MaintenanceDaemon(database.dataSource(), tasks, settings, Clock.systemUTC())) {
      daemon.start();
      assertThat(watched.enough.await(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(watched.windows.getFirst().begin()).isEqualTo(then);
    String data =
        jdbi.withHandle(handle ->
            handle
                .createQuery(
                    "SELECT convert_from(task_data, 'UTF8')"
                        + " FROM micromegas_java.scheduled_tasks")
                .mapTo(String.class)
                .one());
    assertThat(Instant.parse(data)).isEqualTo(watched.windows.getLast().end());
  }

  @Test
  void aStopInterruptsATaskThatDoesNotEndInTime() throws InterruptedException {
    ModelLake lake = new ModelLake();
    lake.insert(Instant.now().plusSeconds(1), 1);
    lake.insert(Instant.now().plusSeconds(2), 1);
    lake.insert(Instant.now().plusSeconds(3), 1);
    CountDownLatch building = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    lake.beforeCommit =
        () -> {
          building.countDown();
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            interrupted.countDown();
          }
        };
    MaintenanceDaemon daemon = daemon(lake, settings(Duration.ofMillis(200)));
    daemon.start();
    assertThat(building.await(30, TimeUnit.SECONDS)).isTrue();
    long begin = System.nanoTime();
    daemon.close();
    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
  }
}
