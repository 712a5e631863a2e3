package micromegas.lakehouse.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import micromegas.lake.metadata.Database;
import micromegas.lake.testkit.TestPostgres;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlockCounterTest {
  private static final Instant START = Instant.parse("2026-05-06T00:00:00Z");
  private static final Instant ALL_REST = START.plus(Duration.ofDays(2));
  private static final List<String> TAGS = List.of("log", "metrics", "cpu");

  private final Database database = TestPostgres.freshDatabase();
  private final Jdbi jdbi = Jdbi.create(database.dataSource());
  private final BlockCounter counter = new BlockCounter(database.dataSource());
  private final UUID process = UUID.randomUUID();

  @AfterEach
  void close() {
    database.close();
  }

  private UUID stream(String tags) {
    UUID id = UUID.randomUUID();
    jdbi.useHandle(handle ->
        handle.execute(
            "INSERT INTO streams (stream_id, process_id, tags) VALUES (?, ?, CAST(? AS text[]))",
            id,
            process,
            tags));
    return id;
  }

  private void register() {
    jdbi.useHandle(
        handle -> handle.execute("INSERT INTO processes (process_id) VALUES (?)", process));
  }

  private void block(UUID stream, Instant inserted, int objects) {
    jdbi.useHandle(handle ->
        handle.execute(
            "INSERT INTO blocks (block_id, stream_id, process_id, insert_time, nb_objects)"
                + " VALUES (?, ?, ?, ?, ?)",
            UUID.randomUUID(),
            stream,
            process,
            inserted.atOffset(ZoneOffset.UTC),
            objects));
  }

  private void deleteAll() {
    jdbi.useHandle(handle -> handle.execute("DELETE FROM blocks"));
  }

  private static List<Instant> hours(int count) {
    List<Instant> boundaries = new ArrayList<>();
    for (int i = 0; i <= count; i++) {
      boundaries.add(START.plus(Duration.ofHours(i)));
    }
    return boundaries;
  }

  private long[] objects(List<Instant> boundaries, String tag, Instant resting) {
    return counter.taggedObjects(boundaries, tag, List.of(), resting).objects();
  }

  private long[] blocks(List<Instant> boundaries, Instant resting) {
    return counter.blockRows(boundaries, resting).objects();
  }

  @Test
  void aRestingHourIsCountedOnceForAllViews() {
    register();
    UUID logs = stream("{log}");
    UUID both = stream("{metrics,cpu,metrics}");
    UUID untagged = stream(null);
    block(logs, START, 3);
    block(both, START.plusSeconds(1), 5);
    block(untagged, START.plusSeconds(2), 7);
    block(logs, START.plusSeconds(3600), 11);
    assertThat(objects(hours(2), "log", START.plusSeconds(3600))).containsExactly(3, 11);
    deleteAll();
    Instant resting = START.plusSeconds(3600);
    assertThat(objects(hours(2), "log", resting)).containsExactly(3, 0);
    assertThat(objects(hours(2), "metrics", resting)).containsExactly(5, 0);
    assertThat(objects(hours(2), "cpu", resting)).containsExactly(5, 0);
    assertThat(objects(hours(2), "image", resting)).containsExactly(0, 0);
    assertThat(blocks(hours(2), resting)).containsExactly(3, 0);
    assertThat(blocks(hours(2), Instant.MIN)).as("counted now").containsExactly(0, 0);
  }

  @Test
  void anHourWithABlockThatWaitsForItsStreamOrProcessIsCountedAgain() {
    UUID known = stream("{log}");
    UUID unknown = UUID.randomUUID();
    block(known, START, 3);
    block(unknown, START.plusSeconds(3600), 4);
    assertThat(objects(hours(2), "log", ALL_REST)).containsExactly(0, 0);
    assertThat(counter.blockRows(hours(2), ALL_REST).unregistered()).containsExactly(1, 1);
    register();
    assertThat(objects(hours(2), "log", ALL_REST)).containsExactly(3, 0);
    assertThat(counter.blockRows(hours(2), ALL_REST).unregistered()).containsExactly(0, 1);
  }

  /// With and without memory, and in any order of questions, the counts are the same.
  @Test
  void countsAreThoseOfAFreshCount() {
    register();
    Random random = new Random(5);
    List<UUID> streams = List.of(stream("{log}"), stream("{log,cpu}"), stream("{metrics}"));
    for (int i = 0; i < 300; i++) {
      block(
          streams.get(random.nextInt(streams.size())),
          START.plusSeconds(random.nextLong(12 * 3600)),
          random.nextInt(1, 10));
    }
    for (int round = 0; round < 60; round++) {
      List<Instant> boundaries = new ArrayList<>();
      for (Instant hour : hours(12).subList(random.nextInt(6), 7 + random.nextInt(6))) {
        boundaries.add(hour);
        if (random.nextInt(4) == 0) {
          boundaries.add(hour.plusSeconds(random.nextLong(1, 3600)));
        }
      }
      if (boundaries.size() < 2) {
        boundaries.add(boundaries.getLast().plusSeconds(3600));
      }
      String tag = TAGS.get(random.nextInt(TAGS.size()));
      Instant resting = START.plusSeconds(random.nextLong(15 * 3600));
      assertThat(objects(boundaries, tag, resting))
          .as("%s %s %s", tag, resting, boundaries)
          .containsExactly(objects(boundaries, tag, Instant.MIN));
      assertThat(blocks(boundaries, resting)).containsExactly(blocks(boundaries, Instant.MIN));
    }
  }
}
