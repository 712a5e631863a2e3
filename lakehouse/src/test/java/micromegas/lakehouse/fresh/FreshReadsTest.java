package micromegas.lakehouse.fresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import micromegas.common.BadRequestException;
import micromegas.common.MicromegasException;
import micromegas.common.TimeRange;
import micromegas.lake.partition.Partition;
import micromegas.lake.partition.RetireRule;
import micromegas.lakehouse.fresh.LiveLake.Source;
import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.lakehouse.materialize.PartitionFile;
import micromegas.lakehouse.view.View;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What queries see, and when, through the real engine and PostgreSQL.
class FreshReadsTest {
  private static final Instant NOW = Instant.parse("2026-05-06T12:30:00Z");
  private static final Instant HOUR = Instant.parse("2026-05-06T12:00:00Z");
  private static final Duration ONE_HOUR = Duration.ofHours(1);
  private static final String COUNT = "SELECT count(*) FROM log_entries";

  @TempDir Path folder;
  private LiveLake live;

  @BeforeEach
  void open() {
    live = new LiveLake(folder, NOW, FreshSettings.DEFAULT);
  }

  @AfterEach
  void close() {
    live.close();
  }

  private String ofProcess(Source source) {
    return "SELECT count(*) FROM view_instance('log_entries', '" + source.processId() + "')";
  }

  @Test
  void everyViewSeesABlockAtOnce() {
    assertThat(live.count(COUNT)).isZero();
    Source source = live.newSource();
    live.insertBlock(source, NOW, 7);
    assertThat(live.count(COUNT)).isEqualTo(7);
    assertThat(live.count(ofProcess(source))).isEqualTo(7);
    assertThat(live.count("SELECT count(*) FROM blocks")).isEqualTo(1);
    assertThat(live.query("SELECT process_id, exe FROM processes"))
        .containsExactly(source.processId() + " game");
    assertThat(live.query("SELECT stream_id, process_id FROM streams"))
        .containsExactly(source.streamId() + " " + source.processId());
    assertThat(live.count("SELECT sum(count) FROM log_stats")).isEqualTo(7);
    live.insertBlock(source, NOW, 5);
    assertThat(live.count(COUNT)).isEqualTo(12);
    assertThat(live.count(ofProcess(source))).isEqualTo(12);
    assertThat(live.count("SELECT count(*) FROM blocks")).isEqualTo(2);
    assertThat(live.count("SELECT sum(count) FROM log_stats")).isEqualTo(12);
    assertThat(live.query("SELECT process_id FROM processes")).hasSize(1);
    assertThat(live.lake.partitions().listAll()).as("the open hour").isEmpty();
  }

  @Test
  void theTailDecodesABlockOnce() {
    Source source = live.newSource();
    live.insertBlock(source, NOW, 3);
    live.count(COUNT);
    live.count(COUNT);
    assertThat(live.decoded.get()).isEqualTo(1);
    live.insertBlock(source, NOW.plusMillis(1), 3);
    assertThat(live.count(COUNT)).isEqualTo(6);
    assertThat(live.decoded.get()).isEqualTo(2);
    for (int i = 0; i < 20; i++) {
      live.insertBlock(source, NOW.plusMillis(2 + i), 1);
      assertThat(live.count(COUNT)).isEqualTo(7 + i);
    }
  }

  @Test
  void closedHoursBecomePartitionsOnce() {
    Source source = live.newSource();
    live.insertBlock(source, NOW.minus(ONE_HOUR), 3);
    live.insertBlock(source, NOW.minus(ONE_HOUR.multipliedBy(3)), 4);
    assertThat(live.count(COUNT)).isEqualTo(7);
    List<Partition> built = live.lake.partitions().listAll();
    assertThat(live.partitions("log_entries", "global"))
        .containsExactly(
            "2026-05-06T09:00:00Z..2026-05-06T10:00:00Z 4",
            "2026-05-06T11:00:00Z..2026-05-06T12:00:00Z 3");
    assertThat(live.count(COUNT)).isEqualTo(7);
    live.start(1);
    assertThat(live.count(COUNT)).isEqualTo(7);
    assertThat(live.lake.partitions().listAll())
        .extracting(Partition::filePath)
        .containsExactlyInAnyOrderElementsOf(built.stream().map(Partition::filePath).toList());
    assertThat(live.count(ofProcess(source))).isEqualTo(7);
    assertThat(live.partitions("log_entries", source.processId().toString())).hasSize(2);
    assertThat(live.count("SELECT sum(count) FROM log_stats")).isEqualTo(7);
    assertThat(live.count("SELECT count(*) FROM blocks")).isEqualTo(2);
    assertThat(live.query("SELECT process_id FROM processes")).hasSize(1);
  }

  @Test
  void clocksOfClientsMayBeWrong() {
    Source source = live.newSource();
    Instant inserted = NOW.minus(ONE_HOUR.multipliedBy(2));
    Instant ahead = inserted.plus(Duration.ofDays(3));
    live.insertBlock(source, inserted, ahead, 3, "fine");
    live.insertBlock(source, NOW, NOW.minus(Duration.ofDays(400)), 4, "fine");
    TimeRange range = TimeRange.of(ahead, ahead.plusSeconds(1));
    for (int i = 0; i < 2; i++) {
      assertThat(live.query(COUNT, range)).containsExactly("3");
      assertThat(live.query(ofProcess(source), range)).containsExactly("3");
      assertThat(live.count(COUNT)).isEqualTo(7);
      assertThat(live.count("SELECT count(*) FROM blocks")).isEqualTo(2);
      assertThat(live.count("SELECT sum(count) FROM log_stats")).isEqualTo(7);
      assertThat(live.query("SELECT process_id FROM processes")).hasSize(1);
    }
  }

  @Test
  void aLateBlockInAClosedHourIsSeen() {
    Source source = live.newSource();
    // Closed, but not settled.
    live.clock.set(HOUR.plusSeconds(60));
    Instant closed = HOUR.minusSeconds(100);
    live.insertBlock(source, closed, 3);
    assertThat(live.count(COUNT)).isEqualTo(3);
    assertThat(live.count(ofProcess(source))).isEqualTo(3);
    assertThat(live.count("SELECT sum(count) FROM log_stats")).isEqualTo(3);
    live.insertBlock(source, closed.minusSeconds(1), 4);
    assertThat(live.count(COUNT)).isEqualTo(7);
    assertThat(live.count(ofProcess(source))).isEqualTo(7);
    assertThat(live.count("SELECT sum(count) FROM log_stats")).isEqualTo(7);
    assertThat(live.partitions("log_entries", "global")).hasSize(1);
  }

  @Test
  void aBlockBeforeItsStreamAppearsWithIt() {
    Source source = Source.random();
    live.insertBlock(source, NOW, 5);
    assertThat(live.count(COUNT)).isZero();
    live.insertProcess(source);
    assertThat(live.count(COUNT)).isZero();
    live.insertStream(source);
    assertThat(live.count(COUNT)).isEqualTo(5);
    assertThat(live.count(ofProcess(source))).isEqualTo(5);
    assertThat(live.count("SELECT count(*) FROM blocks")).isEqualTo(1);
  }

  @Test
  void partitionsOfOpenMinutesAreUsedWhenTheirCountMatches() {
    Source source = live.newSource();
    Instant minute = HOUR.plus(Duration.ofMinutes(10));
    live.insertBlock(source, minute.plusSeconds(1), 3);
    InsertSlice slice = new InsertSlice(minute, minute.plusSeconds(60));
    View logs = live.lakehouse().views().globalView("log_entries").orElseThrow();
    live.lakehouse().builder().build(logs, slice);
    int decoded = live.decoded.get();
    assertThat(live.count(COUNT)).isEqualTo(3);
    assertThat(live.decoded.get()).isEqualTo(decoded);
    // Committed late, with an insert time inside the partition.
    live.insertBlock(source, minute.plusSeconds(2), 4);
    assertThat(live.count(COUNT)).isEqualTo(7);
    live.insertBlock(source, minute.plusSeconds(61), 5);
    assertThat(live.count(COUNT)).isEqualTo(12);
  }

  @Test
  void aPartitionWithAWrongCountIsNeverRead() {
    Source source = live.newSource();
    live.insertBlock(source, NOW.minus(ONE_HOUR), 3);
    View logs = live.lakehouse().views().globalView("log_entries").orElseThrow();
    Instant begin = HOUR.minus(ONE_HOUR);
    live.lakehouse()
        .writer()
        .publish(logs, begin, HOUR, PartitionFile.EMPTY, 2, RetireRule.CONTAINMENT);
    assertThat(live.count(COUNT)).isEqualTo(3);
    assertThat(live.partitions("log_entries", "global"))
        .containsExactly(begin + ".." + HOUR + " 3");
  }

  @Test
  void anAdministratorsRetirementOfASettledHourIsNoticed() {
    Source source = live.newSource();
    live.insertBlock(source, NOW.minus(ONE_HOUR.multipliedBy(5)), 3);
    assertThat(live.count(COUNT)).isEqualTo(3);
    live.lake.partitions().retire("log_entries", "global", Instant.EPOCH, NOW);
    assertThat(live.count(COUNT)).isEqualTo(3);
  }

  @Test
  void aDeletedFileIsBuiltAgainOnlyWhenItsRowIsGoneAsWell() throws Exception {
    Source source = live.newSource();
    live.insertBlock(source, NOW.minus(ONE_HOUR.multipliedBy(5)), 3);
    live.count(COUNT);
    String key = live.lake.partitions().listAll().getFirst().filePath().orElseThrow();
    Files.delete(folder.resolve("objects").resolve(key));
    assertThatThrownBy(() -> live.count(COUNT))
        .isInstanceOf(MicromegasException.class)
        .hasMessageContaining(key);
    live.lake.partitions().retireByFile(key);
    assertThat(live.count(COUNT)).isEqualTo(3);
  }

  @Test
  void corruptBlocksHideNothingAndAreRetriedByANewDecoder() {
    Source source = live.newSource();
    for (Instant time : List.of(NOW, NOW.minus(ONE_HOUR))) {
      live.insertBlock(source, time, 3);
      live.insertBlock(source, time, time.minusSeconds(1), 10, "corrupt below 2");
      live.insertBlock(source, time, 4);
    }
    String errors = "SELECT view_set_name, nb_objects, decoder_version FROM list_block_errors()";
    for (int i = 0; i < 2; i++) {
      assertThat(live.count(COUNT)).isEqualTo(14);
      assertThat(live.count(ofProcess(source))).isEqualTo(14);
      assertThat(live.count("SELECT sum(count) FROM log_stats")).isEqualTo(14);
      assertThat(live.query(errors)).containsExactly("log_entries 10 1", "log_entries 10 1");
    }
    int decoded = live.decoded.get();
    live.count(COUNT);
    live.count(ofProcess(source));
    assertThat(live.decoded.get()).as("known failures are not tried again").isEqualTo(decoded);
    live.start(2);
    assertThat(live.count("SELECT sum(count) FROM log_stats")).isEqualTo(34);
    assertThat(live.count(COUNT)).isEqualTo(34);
    assertThat(live.count(ofProcess(source))).isEqualTo(34);
    assertThat(live.query(errors)).isEmpty();
  }

  @Test
  void aQueryOfARangeBuildsItsHoursOnly() {
    Source source = live.newSource();
    for (int hours = 1; hours <= 6; hours++) {
      live.insertBlock(source, NOW.minus(ONE_HOUR.multipliedBy(hours)), hours);
    }
    Instant time = NOW.minus(ONE_HOUR.multipliedBy(3)).minusSeconds(1);
    TimeRange range = TimeRange.of(time, time.plusSeconds(1));
    assertThat(live.query(COUNT, range)).containsExactly("3");
    assertThat(live.partitions("log_entries", "global")).hasSize(1);
    assertThat(live.query(ofProcess(source), range)).containsExactly("3");
    assertThat(live.partitions("log_entries", source.processId().toString())).hasSize(1);
    Instant quiet = NOW.minus(Duration.ofDays(50));
    TimeRange none = TimeRange.of(quiet, quiet.plusSeconds(1));
    assertThat(live.query("SELECT * FROM log_entries", none)).isEmpty();
    assertThat(live.query("SELECT * FROM processes", none)).isEmpty();
    String instance = "SELECT * FROM view_instance('log_entries', '" + source.processId() + "')";
    assertThat(live.query(instance, none)).isEmpty();
    assertThat(live.partitions("log_entries", "global")).hasSize(1);
    assertThat(
            live.count(
                "SELECT count(*) FROM log_entries WHERE time >= TIMESTAMP '"
                    + time.toString().replace("T", " ").replace("Z", "")
                    + "'"))
        .isEqualTo(6);
    assertThat(live.partitions("log_entries", "global")).hasSize(3);
  }

  @Test
  void aQueryOfAProcessBuildsItsHoursOnly() {
    Source one = live.newSource();
    Source other = live.newSource();
    live.insertBlock(one, NOW.minus(ONE_HOUR.multipliedBy(2)), 2);
    live.insertBlock(other, NOW.minus(ONE_HOUR.multipliedBy(4)), 4);
    live.insertBlock(other, NOW, 8);
    String of = "SELECT count(*) FROM log_entries WHERE process_id = '%s'";
    assertThat(live.count(of.formatted(one.processId()))).isEqualTo(2);
    assertThat(live.partitions("log_entries", "global")).hasSize(1);
    assertThat(live.count(of.formatted(other.processId()))).isEqualTo(12);
    assertThat(live.count(of.formatted(UUID.randomUUID()))).isZero();
    assertThat(live.count(of.formatted("no uuid"))).isZero();
  }

  @Test
  void explainAndListingsBuildNothing() {
    Source source = live.newSource();
    live.insertBlock(source, NOW.minus(ONE_HOUR), 3);
    live.query("EXPLAIN SELECT count(*) FROM log_entries");
    assertThat(live.query("SELECT * FROM list_partitions()")).isEmpty();
    assertThat(live.query("SELECT view_set_name, has_view_maker FROM list_view_sets()"))
        .containsExactlyInAnyOrder(
            "log_entries true",
            "measures true",
            "processes false",
            "streams false",
            "blocks false",
            "log_stats false",
            "trace_spans false",
            "otel_histograms true",
            "images true",
            "async_events true",
            "net_spans true",
            "thread_spans true",
            "stitched_thread_spans true",
            "otel_spans true");
    assertThat(live.lake.partitions().listAll()).isEmpty();
    assertThat(live.decoded.get()).isZero();
  }

  @Test
  void wrongNamesAreTold() {
    assertThatThrownBy(() -> live.query("SELECT * FROM view_instance('blocks', 'global')"))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("error making view view set blocks not found");
    assertThatThrownBy(() -> live.query("SELECT * FROM view_instance('log_entries', 'x')"))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("error making view Uuid::parse_str");
    UUID unknown = UUID.randomUUID();
    assertThatThrownBy(
            () -> live.query("SELECT * FROM view_instance('log_entries', '" + unknown + "')"))
        .hasMessageContaining("no rows returned")
        .hasMessageContaining(unknown.toString());
  }

  @Test
  void concurrentColdQueriesBuildOnce() throws Exception {
    Source source = live.newSource();
    for (int i = 0; i < 20; i++) {
      live.insertBlock(source, NOW.minus(ONE_HOUR).plusSeconds(i), 10);
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
      List<Callable<Long>> queries = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        String sql = i % 2 == 0 ? COUNT : ofProcess(source);
        queries.add(() -> live.count(sql));
      }
      for (Future<Long> result : threads.invokeAll(queries)) {
        assertThat(result.get()).isEqualTo(200);
      }
    }
    assertThat(live.decoded.get()).as("global once, instance once").isEqualTo(40);
  }

  @Test
  void aLargeTailBecomesPartitionsOfMinutes() {
    live.close();
    live =
        new LiveLake(
            folder,
            NOW,
            new FreshSettings(
                Duration.ofSeconds(10), Duration.ofMinutes(10), 100, Duration.ofMinutes(1), 2, 8));
    Source source = live.newSource();
    live.insertBlock(source, HOUR.plusSeconds(61), 60);
    live.insertBlock(source, HOUR.plusSeconds(62), 60);
    live.insertBlock(source, NOW, 5);
    assertThat(live.count(COUNT)).isEqualTo(125);
    assertThat(live.partitions("log_entries", "global"))
        .containsExactly("2026-05-06T12:01:00Z..2026-05-06T12:02:00Z 120");
    assertThat(live.count(ofProcess(source))).isEqualTo(125);
    assertThat(live.partitions("log_entries", source.processId().toString())).hasSize(1);
    int decoded = live.decoded.get();
    live.insertBlock(source, NOW.plusMillis(5), 5);
    assertThat(live.count(COUNT)).isEqualTo(130);
    assertThat(live.count(ofProcess(source))).isEqualTo(130);
    assertThat(live.decoded.get()).as("only the new block, twice").isEqualTo(decoded + 2);
  }
}
