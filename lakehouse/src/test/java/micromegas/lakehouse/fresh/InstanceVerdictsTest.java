package micromegas.lakehouse.fresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import micromegas.common.TimeRange;
import micromegas.lake.partition.Partition;
import micromegas.lakehouse.Lakehouse;
import micromegas.lakehouse.fresh.LiveLake.Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a query of an instance asks PostgreSQL for is proportional to what can have changed.
class InstanceVerdictsTest {
  private static final Instant HOUR = Instant.parse("2026-05-06T12:00:00Z");
  private static final Duration ONE_HOUR = Duration.ofHours(1);
  private static final int HOURS = 5;

  @TempDir Path folder;
  private LiveLake live;
  private MortalProcess observed;
  private Lakehouse lakehouse;
  private Source source;

  @BeforeEach
  void open() {
    live = new LiveLake(folder, HOUR.plusSeconds(60), FreshSettings.DEFAULT);
    observed = new MortalProcess(live.lake, live.clock, effect -> {});
    lakehouse = live.other(observed.lake());
    source = live.newSource();
    for (int i = 1; i <= HOURS; i++) {
      live.insertBlock(source, HOUR.minus(ONE_HOUR.multipliedBy(i)).plusSeconds(7), 3);
      live.insertBlock(source, HOUR.minus(ONE_HOUR.multipliedBy(i)).plusSeconds(8), 2);
    }
  }

  @AfterEach
  void close() {
    lakehouse.close();
    live.close();
  }

  private long rows(TimeRange range) {
    observed.reads.clear();
    String sql = "SELECT count(*) FROM view_instance('log_entries', '" + source.processId() + "')";
    return Long.parseLong(live.query(sql, range, lakehouse).getFirst());
  }

  /// How often the last query listed blocks.
  private long listings() {
    return observed.reads.stream().filter(sql -> sql.contains("b.payload_size")).count();
  }

  @Test
  void blocksOfHoursThatDidNotChangeAreNotListedAgain() {
    assertThat(rows(TimeRange.ALL)).isEqualTo(5 * HOURS);
    assertThat(listings()).isPositive();
    assertThat(rows(TimeRange.ALL)).isEqualTo(5 * HOURS);
    assertThat(listings()).isZero();
    assertThat(rows(TimeRange.of(HOUR.minus(ONE_HOUR.multipliedBy(3)), HOUR.minusSeconds(3600))))
        .isEqualTo(5 * 2);
    assertThat(listings()).isZero();
    int statements = observed.reads.size();
    rows(TimeRange.ALL);
    assertThat(observed.reads.size()).as("statements").isLessThan(statements + 1);

    // The open hour grows: its blocks alone are listed.
    live.insertBlock(source, HOUR.plusSeconds(1), 4);
    int decoded = live.decoded.get();
    assertThat(rows(TimeRange.ALL)).isEqualTo(5 * HOURS + 4);
    assertThat(listings()).isEqualTo(1);
    assertThat(live.decoded.get() - decoded).isEqualTo(1);
  }

  @Test
  void anHourThatGrowsIsListedAgainOnlyWhenItHasGrown() {
    live.insertBlock(source, HOUR.plusSeconds(1), 4);
    assertThat(rows(TimeRange.ALL)).isEqualTo(5 * HOURS + 4);
    int decoded = live.decoded.get();

    assertThat(rows(TimeRange.ALL)).isEqualTo(5 * HOURS + 4);
    assertThat(observed.reads).as("partitions and totals").hasSize(2);
    assertThat(rows(TimeRange.of(HOUR.minusSeconds(60), HOUR.plusSeconds(60)))).isEqualTo(4);
    assertThat(observed.reads).as("the same of a range").hasSize(2);
    assertThat(rows(TimeRange.of(HOUR.minus(ONE_HOUR), HOUR.minusSeconds(60)))).isEqualTo(5);

    live.insertBlock(source, HOUR.plusSeconds(2), 6);
    assertThat(rows(TimeRange.of(HOUR.minusSeconds(60), HOUR.plusSeconds(60)))).isEqualTo(10);
    assertThat(listings()).isEqualTo(1);
    assertThat(live.decoded.get() - decoded).isEqualTo(1);
  }

  @Test
  void theTailOfAnHourThatIsOverBecomesAPartition() {
    live.insertBlock(source, HOUR.plusSeconds(1), 4);
    rows(TimeRange.ALL);
    assertThat(live.partitions("log_entries", source.processId().toString())).hasSize(HOURS);

    live.clock.set(HOUR.plus(ONE_HOUR).plusSeconds(60));
    assertThat(rows(TimeRange.ALL)).isEqualTo(5 * HOURS + 4);
    assertThat(live.partitions("log_entries", source.processId().toString())).hasSize(HOURS + 1);
    assertThat(rows(TimeRange.ALL)).isEqualTo(5 * HOURS + 4);
    assertThat(listings()).isZero();
  }

  @Test
  void aLateBlockIsInTheNextAnswerHoweverLateItIs() {
    rows(TimeRange.ALL);
    live.clock.set(HOUR.plus(Duration.ofDays(2)));
    rows(TimeRange.ALL);
    int decoded = live.decoded.get();

    live.insertBlock(source, HOUR.minus(ONE_HOUR.multipliedBy(3)).plusSeconds(5), 7);

    assertThat(rows(TimeRange.ALL)).isEqualTo(5 * HOURS + 7);
    assertThat(live.decoded.get() - decoded).as("blocks of that hour").isEqualTo(3);
    assertThat(rows(TimeRange.ALL)).isEqualTo(5 * HOURS + 7);
    assertThat(listings()).isZero();
  }

  @Test
  void partitionsThatSomeoneElseRetiredOrReplacedAreNoticed() {
    rows(TimeRange.ALL);
    List<Partition> own =
        live.lake.partitions().listAll().stream()
            .filter(p -> p.instanceId().equals(source.processId().toString()))
            .toList();
    assertThat(own).hasSize(HOURS);
    live.lake.partitions().retireByFile(own.get(2).filePath().orElseThrow());

    assertThat(rows(TimeRange.ALL)).isEqualTo(5 * HOURS);
    assertThat(live.partitions("log_entries", source.processId().toString())).hasSize(HOURS);
  }
}
