package micromegas.lakehouse.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import micromegas.common.UnavailableException;
import micromegas.lake.metadata.Database;
import micromegas.lake.partition.PartitionStore;
import micromegas.lake.partition.PostgresPartitionStore;
import micromegas.lake.testkit.TestPostgres;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HousekeepingTest {
  private static final Instant NOW = Instant.parse("2026-05-06T07:00:00Z");
  private static final Instant OLD = NOW.minus(91, ChronoUnit.DAYS);
  private static final Instant RECENT = NOW.minus(89, ChronoUnit.DAYS);

  private final Database database = TestPostgres.freshDatabase();
  private final Jdbi jdbi = Jdbi.create(database.dataSource());
  private final KeptObjects objects = new KeptObjects();

  @AfterEach
  void close() {
    database.close();
  }

  private void run() {
    run(new MemoryPartitions());
  }

  private void run(PartitionStore partitions) {
    MaintenanceSettings settings =
        new MaintenanceSettings(
            true,
            true,
            true,
            true,
            Duration.ofDays(90),
            Duration.ofDays(1),
            3,
            1,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ofMillis(100),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));
    new Housekeeping(database.dataSource(), objects, partitions, settings)
        .steps()
        .forEach(step -> step.run(NOW));
  }

  private UUID process(Instant inserted) {
    UUID id = UUID.randomUUID();
    execute("INSERT INTO processes (process_id, insert_time) VALUES (?, ?)", id, at(inserted));
    return id;
  }

  private UUID stream(UUID process, Instant inserted) {
    UUID id = UUID.randomUUID();
    execute(
        "INSERT INTO streams (stream_id, process_id, insert_time) VALUES (?, ?, ?)",
        id,
        process,
        at(inserted));
    return id;
  }

  private String block(UUID process, UUID stream, Instant inserted) {
    UUID id = UUID.randomUUID();
    execute(
        "INSERT INTO blocks (block_id, stream_id, process_id, insert_time, nb_objects)"
            + " VALUES (?, ?, ?, ?, 1)",
        id,
        stream,
        process,
        at(inserted));
    String key = "blobs/" + process + "/" + stream + "/" + id;
    objects.keys.add(key);
    return key;
  }

  private void repairOfEveryBlock() {
    execute(
        """
        INSERT INTO micromegas_java.span_repairs
        SELECT 'thread_spans', block_id, process_id, stream_id, insert_time, insert_time, 1, 1, 0, 0, 0,
               insert_time
        FROM blocks
        """);
  }

  @Test
  void blocksGoWithTheirObjectsAndStreamsAndProcessesFollowWhenEmpty() {
    UUID dead = process(OLD);
    UUID deadStream = stream(dead, OLD);
    for (int i = 0; i < 7; i++) {
      block(dead, deadStream, OLD);
    }
    UUID alive = process(OLD);
    UUID quietStream = stream(alive, OLD);
    block(alive, quietStream, OLD);
    UUID busyStream = stream(alive, OLD);
    String kept = block(alive, busyStream, RECENT);
    UUID silent = process(RECENT);
    repairOfEveryBlock();

    run();
    assertThat(objects.keys).containsExactly(kept);
    assertThat(ids("SELECT stream_id FROM micromegas_java.span_repairs"))
        .containsExactly(busyStream);
    assertThat(ids("SELECT stream_id FROM streams")).containsExactly(busyStream);
    assertThat(ids("SELECT process_id FROM processes")).containsExactlyInAnyOrder(alive, silent);
    run();
    assertThat(objects.keys).containsExactly(kept);
  }

  @Test
  void aDayIsDeletedAsAWholeWithItsPartitions() {
    Instant horizon = Instant.parse("2026-02-05T00:00:00Z"); // the day in which NOW - 90 days lies
    UUID process = process(OLD);
    UUID stream = stream(process, OLD);
    block(process, stream, horizon.minus(1, ChronoUnit.MICROS));
    String first = block(process, stream, horizon);
    String later = block(process, stream, NOW.minus(90, ChronoUnit.DAYS).minusSeconds(60));
    PostgresPartitionStore partitions =
        new PostgresPartitionStore(database.dataSource(), Clock.fixed(NOW, ZoneOffset.UTC), "test");
    for (Instant day : List.of(horizon.minus(1, ChronoUnit.DAYS), horizon)) {
      execute(
          "INSERT INTO lakehouse_partitions (view_set_name, view_instance_id, begin_insert_time,"
              + " end_insert_time, num_rows) VALUES ('v', 'global', ?, ?, 0)",
          at(day),
          at(day.plus(1, ChronoUnit.DAYS)));
    }
    run(partitions);
    assertThat(objects.keys).containsExactlyInAnyOrder(first, later);
    assertThat(
            strings(
                "SELECT (begin_insert_time AT TIME ZONE 'UTC')::text FROM lakehouse_partitions"))
        .containsExactly("2026-02-05 00:00:00");
  }

  @Test
  void aStoreThatFailsKeepsTheRowsForTheNextRun() {
    UUID process = process(OLD);
    block(process, stream(process, OLD), OLD);
    objects.failing = true;
    assertThatThrownBy(this::run).isInstanceOf(UnavailableException.class);
    assertThat(ids("SELECT block_id FROM blocks")).hasSize(1);
    objects.failing = false;
    run();
    assertThat(ids("SELECT block_id FROM blocks")).isEmpty();
    assertThat(objects.keys).isEmpty();
  }

  @Test
  void temporaryFilesGoWhenTheyExpire() {
    for (int i = 0; i < 5; i++) {
      objects.keys.add("views/old" + i);
      execute("INSERT INTO temporary_files VALUES (?, 1, ?)", "views/old" + i, at(RECENT));
    }
    objects.keys.add("views/grace");
    execute("INSERT INTO temporary_files VALUES (?, 1, ?)", "views/grace", at(NOW.plusSeconds(60)));
    run();
    assertThat(objects.keys).containsExactly("views/grace");
    assertThat(strings("SELECT file_path FROM temporary_files")).containsExactly("views/grace");
  }

  @Test
  void uploadsThatACrashLeftAreCollectedAndVisibleFilesStay() {
    upload("views/orphan", OLD);
    upload("views/building", NOW.minusSeconds(60));
    upload("views/committed", OLD);
    execute(
        "INSERT INTO lakehouse_partitions (view_set_name, view_instance_id, file_path, num_rows)"
            + " VALUES ('v', 'global', ?, 1)",
        "views/committed");
    run();
    assertThat(objects.keys).containsExactlyInAnyOrder("views/building", "views/committed");
    assertThat(strings("SELECT file_path FROM micromegas_java.file_uploads"))
        .containsExactly("views/building");
  }

  private void upload(String path, Instant registered) {
    objects.keys.add(path);
    execute("INSERT INTO micromegas_java.file_uploads VALUES (?, ?, 'test')", path, at(registered));
  }

  private static Object at(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }

  private void execute(String sql, Object... arguments) {
    jdbi.useHandle(handle -> handle.execute(sql, arguments));
  }

  private List<UUID> ids(String sql) {
    return jdbi.withHandle(handle -> handle.createQuery(sql).mapTo(UUID.class).list());
  }

  private List<String> strings(String sql) {
    return jdbi.withHandle(handle -> handle.createQuery(sql).mapTo(String.class).list());
  }
}
