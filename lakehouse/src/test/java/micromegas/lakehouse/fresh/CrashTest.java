package micromegas.lakehouse.fresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import micromegas.common.MicromegasException;
import micromegas.common.TimeRange;
import micromegas.lake.DataLake;
import micromegas.lake.partition.Partition;
import micromegas.lakehouse.Lakehouse;
import micromegas.lakehouse.fresh.LiveLake.Source;
import micromegas.lakehouse.maintenance.Housekeeping;
import micromegas.lakehouse.maintenance.MaintenanceSettings;
import micromegas.lakehouse.maintenance.Pass;
import micromegas.lakehouse.maintenance.ProgressListener;
import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.lakehouse.view.View;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A process ends, or something fails under it, at each step of everything that writes partitions
/// or deletes old data. Afterwards no half partition is visible, no row is lost or doubled, and
/// maintenance leaves no object that nothing refers to.
@Timeout(120)
class CrashTest {
  private static final Instant START = Instant.parse("2026-05-06T00:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static final int EVENTS = 3;

  @TempDir Path folder;

  private Connection duck;
  private LiveLake live;
  private Source source;
  private final List<String> messages = new ArrayList<>();
  private final List<String> blocks = new ArrayList<>();
  private Instant hour = START;

  @BeforeEach
  void open() throws SQLException {
    duck = DriverManager.getConnection("jdbc:duckdb:");
    live = new LiveLake(folder, START, FreshSettings.DEFAULT);
    source = live.newSource();
  }

  @AfterEach
  void close() throws SQLException {
    duck.close();
    live.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"log_entries", "blocks", "log_stats"})
  void whileASliceIsBuilt(String viewSet) throws Exception {
    atEachStep(viewSet, () -> {}, lakehouse -> pass(lakehouse, viewSet, HOUR));
  }

  @ParameterizedTest
  @ValueSource(strings = {"log_entries", "log_stats"})
  void whilePartitionsAreMerged(String viewSet) throws Exception {
    atEachStep(
        viewSet,
        () -> pass(live.lakehouse(), viewSet, MINUTE),
        lakehouse -> pass(lakehouse, viewSet, HOUR));
  }

  @Test
  void whileAQueryBuildsThePartitionsOfAnInstance() throws Exception {
    atEachStep(
        "instance", () -> {}, lakehouse -> live.query(ofProcess(), TimeRange.ALL, lakehouse));
  }

  @ParameterizedTest
  @EnumSource
  void whileOldDataIsDeleted(MortalProcess.Ending ending) throws Exception {
    Source expired = live.newSource();
    for (int fatal = 1; ; fatal++) {
      fillHour(expired);
      Instant now = hour.plus(HOUR).plus(Duration.ofDays(91));
      pass(live.lakehouse(), "log_entries", MINUTE);
      live.query(
          "SELECT count(*) FROM view_instance('log_entries', '" + expired.processId() + "')");
      MortalProcess mortal = new MortalProcess(live.lake, live.clock, fatal, ending);

      keepHouse(mortal.lake(), now);
      partitionsAreWhole();
      keepHouse(live.lake, now);

      // Within their grace, files of retired partitions are still there.
      keepHouse(live.lake, live.clock.instant().plus(Duration.ofHours(2)));
      assertThat(live.count("SELECT count(*) FROM log_entries")).isZero();
      assertThat(live.count("SELECT count(*) FROM blocks")).isZero();
      assertThat(objects()).as("%s %s", ending, mortal.trace).isEmpty();
      if (!mortal.met()) {
        break;
      }
      nextHour();
    }
  }

  private interface Work {
    void run(Lakehouse lakehouse);
  }

  /// Has another process do the work in a new hour, once for each of its steps and each ending.
  private void atEachStep(String viewSet, Runnable prepare, Work work) throws Exception {
    for (MortalProcess.Ending ending : MortalProcess.Ending.values()) {
      for (int fatal = 1; ; fatal++) {
        fillHour(source);
        prepare.run();
        MortalProcess mortal = new MortalProcess(live.lake, live.clock, fatal, ending);
        try (Lakehouse lakehouse = live.other(mortal.lake())) {
          work.run(lakehouse);
        } catch (MicromegasException e) {
          assertThat(mortal.met()).as("%s", e).isTrue();
        }
        String where = "%s at %d of %s".formatted(ending, fatal, mortal.trace);

        partitionsAreWhole();
        everyRowIsThereOnce(viewSet, where);
        work.run(live.lakehouse());
        everyRowIsThereOnce(viewSet, where);
        if (!mortal.met()) {
          assertThat(fatal).as("steps").isGreaterThan(6);
          break;
        }
        nextHour();
      }
      for (String each : List.of("log_entries", "blocks", "log_stats", "instance")) {
        everyRowIsThereOnce(each, "after all");
      }
      noOrphans();
    }
  }

  private void nextHour() {
    hour = hour.plus(HOUR);
  }

  /// A few blocks in the first minutes of the hour, and a clock that is past its end.
  private void fillHour(Source of) {
    for (int minute = 0; minute < 3; minute++) {
      Instant inserted = hour.plus(MINUTE.multipliedBy(minute)).plusSeconds(7);
      UUID id = live.insertBlock(of, inserted, EVENTS);
      if (of.equals(source)) {
        blocks.add(id.toString());
        for (int i = 0; i < EVENTS; i++) {
          messages.add(id + "/" + i);
        }
      }
    }
    live.clock.set(hour.plus(HOUR).plusSeconds(60));
  }

  private void pass(Lakehouse lakehouse, String viewSet, Duration delta) {
    View view = lakehouse.views().globalView(viewSet).orElseThrow();
    lakehouse
        .materializer()
        .materialize(
            view,
            new Pass(new InsertSlice(hour, hour.plus(HOUR)), delta, false),
            ProgressListener.NONE);
  }

  private String ofProcess() {
    return "SELECT msg FROM view_instance('log_entries', '" + source.processId() + "')";
  }

  private void everyRowIsThereOnce(String viewSet, String where) {
    switch (viewSet) {
      case "log_entries" -> exactly(messages, "SELECT msg FROM log_entries", where);
      case "instance" -> exactly(messages, ofProcess(), where);
      case "blocks" -> exactly(blocks, "SELECT block_id FROM blocks", where);
      default ->
          exactly(
              List.of(Integer.toString(messages.size())),
              "SELECT sum(count) FROM " + viewSet,
              where);
    }
  }

  private void exactly(List<String> rows, String sql, String where) {
    assertThat(live.query(sql)).as(where).containsExactlyInAnyOrderElementsOf(rows);
  }

  /// Every row names a file that is there, has the size that it says and holds its rows.
  private void partitionsAreWhole() throws SQLException {
    for (Partition partition : live.lake.partitions().snapshot(hour, hour.plus(HOUR))) {
      if (partition.filePath().isPresent()) {
        String key = partition.filePath().get();
        assertThat(live.lake.objects().size(key)).hasValue(partition.fileSize());
        try (var statement = duck.createStatement();
            var row =
                statement.executeQuery(
                    "SELECT count(*) FROM read_parquet('%s')"
                        .formatted(folder.resolve("objects").resolve(key)))) {
          row.next();
          assertThat(row.getLong(1)).isEqualTo(partition.numRows());
        }
      }
    }
  }

  private void keepHouse(DataLake through, Instant now) {
    new Housekeeping(
            through.metadata().dataSource(),
            through.objects(),
            through.partitions(),
            MaintenanceSettings.DEFAULT)
        .steps()
        .forEach(step -> {
          try {
            step.run(now);
          } catch (MicromegasException e) {
            assertThat(through).as("%s", e).isNotSameAs(live.lake);
          }
        });
  }

  /// Once all grace is over, exactly those objects are left that a row refers to.
  private void noOrphans() {
    keepHouse(live.lake, live.clock.instant().plus(Duration.ofDays(2)));
    TreeSet<String> referred = new TreeSet<>();
    live.lake.partitions().listAll().forEach(p -> p.filePath().ifPresent(referred::add));
    assertThat(objects().stream().filter(key -> key.startsWith("views/")))
        .containsExactlyInAnyOrderElementsOf(referred);
    assertThat(live.query("SELECT count(*) FROM list_block_errors()")).containsExactly("0");
  }

  private List<String> objects() {
    List<String> keys = new ArrayList<>();
    live.lake.objects().list("", keys::add);
    return keys;
  }
}
