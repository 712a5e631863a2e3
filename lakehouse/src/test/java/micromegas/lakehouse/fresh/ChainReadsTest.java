package micromegas.lakehouse.fresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import micromegas.common.BadRequestException;
import micromegas.common.NotFoundException;
import micromegas.common.TimeRange;
import micromegas.lake.StoredBlock;
import micromegas.lake.partition.Partition;
import micromegas.lake.partition.RetireRule;
import micromegas.lakehouse.fresh.LiveLake.Source;
import micromegas.lakehouse.materialize.PartitionFile;
import micromegas.lakehouse.view.ViewSource;
import micromegas.transit.BlockInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Instances over chains of blocks: what their queries see, and which partitions they leave.
class ChainReadsTest {
  private static final Instant NOW = Instant.parse("2026-05-06T12:30:00Z");
  private static final Instant START = Instant.parse("2026-05-06T08:00:00Z");
  private static final Instant HOUR = Instant.parse("2026-05-06T12:00:00Z");
  private static final Instant CLOSED = Instant.parse("2026-05-06T10:10:00Z");

  @TempDir Path folder;
  private final AtomicInteger decoded = new AtomicInteger();
  private LiveLake live;
  private Source source;

  @BeforeEach
  void open() {
    CountedChains byStream =
        new CountedChains("chains", new ViewSource.ChainScope.Stream(), decoded);
    CountedChains byProcess =
        new CountedChains("process_chains", new ViewSource.ChainScope.Process("log"), decoded);
    live =
        new LiveLake(
            folder,
            START,
            FreshSettings.DEFAULT,
            List.of(views -> views.addViewSet(byStream).addViewSet(byProcess)));
    source = live.newSource();
    live.clock.set(NOW);
  }

  @AfterEach
  void close() {
    live.close();
  }

  @Test
  void theOpenHourIsOneChainHoweverOftenItIsAsked() {
    block(HOUR.plusSeconds(10), 0, 10);
    assertThat(chains()).containsExactly("0..10 1 3");
    block(HOUR.plusSeconds(70), 10, 20);
    assertThat(chains()).containsExactly("0..20 2 6");
    assertThat(chains()).containsExactly("0..20 2 6");
    assertThat(decoded.get()).isEqualTo(3);
    block(HOUR.plusSeconds(130), 21, 30);
    assertThat(chains()).containsExactly("0..20 2 6", "21..30 1 3");
    assertThat(partitions()).isEmpty();
  }

  @Test
  void aClosedHourBecomesAPartitionOnce() {
    block(CLOSED.plusSeconds(60), 10, 20); // arrives before the block with the earlier events
    block(CLOSED.plusSeconds(90), 0, 10);
    assertThat(chains()).containsExactly("0..20 2 6");
    List<Partition> written = partitions();
    assertThat(written)
        .singleElement()
        .satisfies(partition -> {
          assertThat(partition.beginInsertTime()).isEqualTo(CLOSED.plusSeconds(60));
          assertThat(partition.endInsertTime()).isEqualTo(CLOSED.plusSeconds(90));
          assertThat(partition.sourceCount()).isEqualTo(6);
          assertThat(partition.numRows()).isEqualTo(1);
          assertThat(partition.maxSortKeyTime()).contains(START);
          assertThat(partition.eventTime())
              .contains(new Partition.EventBounds(START, START.plusSeconds(20)));
        });
    assertThat(chains()).containsExactly("0..20 2 6");
    assertThat(decoded.get()).isEqualTo(2);
    assertThat(partitions()).extracting(Partition::filePath).containsExactly(path(written));
    block(HOUR.plusSeconds(10), 20, 30);
    assertThat(chains()).containsExactly("0..20 2 6", "20..30 1 3");
    assertThat(partitions()).hasSize(1);
  }

  @Test
  void aLateBlockReplacesThePartitionOfItsHour() {
    block(CLOSED, 0, 10);
    block(CLOSED.plusSeconds(60), 20, 30);
    assertThat(chains()).containsExactly("0..10 1 3", "20..30 1 3");
    block(CLOSED.plusSeconds(30), 10, 20); // inside the range: only the count tells
    assertThat(chains()).containsExactly("0..30 3 9");
    block(CLOSED.plusSeconds(90), 30, 40);
    assertThat(chains()).containsExactly("0..40 4 12");
    assertThat(partitions()).singleElement().extracting(Partition::sourceCount).isEqualTo(12L);
  }

  @Test
  void aPartitionMustHaveExactlyTheRangeAndTheCount() {
    block(CLOSED, 0, 10);
    block(CLOSED.plusSeconds(60), 10, 20);
    var view = live.lakehouse().views().make("chains", source.streamId().toString());
    live.lakehouse()
        .writer()
        .publish(
            view,
            CLOSED.minusSeconds(5),
            CLOSED.plusSeconds(300),
            PartitionFile.EMPTY,
            6,
            RetireRule.CONTAINMENT);
    assertThat(chains()).containsExactly("0..20 2 6");
    assertThat(partitions()).hasSize(1);
    live.lakehouse()
        .writer()
        .publish(
            view, CLOSED, CLOSED.plusSeconds(60), PartitionFile.EMPTY, 7, RetireRule.CONTAINMENT);
    assertThat(chains()).containsExactly("0..20 2 6");
    assertThat(partitions()).singleElement().extracting(Partition::sourceCount).isEqualTo(6L);
  }

  @Test
  void hoursAreSeparatePartitionsThatDoNotRetireEachOther() {
    block(CLOSED, 0, 10);
    block(CLOSED.plus(Duration.ofHours(1)), 10, 20);
    assertThat(chains()).containsExactly("0..10 1 3", "10..20 1 3");
    assertThat(chains()).hasSize(2);
    assertThat(partitions()).hasSize(2);
    assertThat(decoded.get()).isEqualTo(2);
  }

  @Test
  void aBlockThatCannotBeDecodedEndsItsChain() {
    block(CLOSED, 0, 10);
    UUID bad = block(CLOSED.plusSeconds(1), 10, 20, 3, "corrupt");
    block(CLOSED.plusSeconds(2), 20, 30);
    block(CLOSED.plusSeconds(3), 30, 40);
    for (int i = 0; i < 2; i++) {
      assertThat(chains()).containsExactly("0..10 1 3", "20..40 2 6");
    }
    assertThat(decoded.get()).isEqualTo(4);
    assertThat(partitions()).singleElement().extracting(Partition::sourceCount).isEqualTo(9L);
    assertThat(live.query("SELECT view_set_name, block_id, error FROM list_block_errors()"))
        .containsExactly("chains " + bad + " a corrupt block");
  }

  @Test
  void onlyBadBlocksMakeAnEmptyAnswer() {
    block(CLOSED, 0, 10, 3, "corrupt");
    block(HOUR.plusSeconds(1), 10, 20, 3, "corrupt");
    assertThat(chains()).isEmpty();
    assertThat(chains()).isEmpty();
    assertThat(decoded.get()).isEqualTo(2);
  }

  @Test
  void aPartitionWithoutRowsIsRecorded() {
    block(CLOSED, 0, 10, 0, "fine");
    block(CLOSED.plusSeconds(1), 10, 20, 0, "fine");
    assertThat(chains()).isEmpty();
    assertThat(partitions()).as("no event, no partition").isEmpty();
  }

  @Test
  void rangesSelectHoursAndRows() {
    block(CLOSED, 0, 10);
    block(CLOSED.plusSeconds(1), 10, 20);
    block(CLOSED.plus(Duration.ofHours(1)), 3600, 3610);
    assertThat(chains(15, 3600)).containsExactly("0..20 2 6", "3600..3610 1 3");
    assertThat(chains(15, 16)).containsExactly("0..20 2 6");
    assertThat(chains(3700, 3800)).isEmpty();
  }

  @Test
  void aProcessHasTheChainsOfAllItsStreams() {
    block(CLOSED, 0, 10);
    Source other = new Source(source.processId(), UUID.randomUUID());
    live.insertStream(other);
    block(other, CLOSED.plusSeconds(1), 5, 15, 4, "fine");
    block(CLOSED.plusSeconds(2), 10, 20);
    assertThat(ask("process_chains", source.processId(), TimeRange.ALL))
        .containsExactly("0..20 2 6", "5..15 1 4");
    assertThat(ask("chains", other.streamId(), TimeRange.ALL)).containsExactly("5..15 1 4");
  }

  @Test
  void idsAreChecked() {
    assertThatThrownBy(() -> live.query("SELECT * FROM view_instance('chains', 'x')"))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("UUID");
    assertThatThrownBy(() -> ask("chains", source.processId(), TimeRange.ALL))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("Stream not found")
        .hasMessageContaining(source.processId().toString());
    assertThat(chains()).isEmpty();
  }

  private UUID block(Instant inserted, long beginSeconds, long endSeconds) {
    return block(inserted, beginSeconds, endSeconds, 3, "fine");
  }

  private UUID block(
      Instant inserted, long beginSeconds, long endSeconds, int objects, String payload) {
    return block(source, inserted, beginSeconds, endSeconds, objects, payload);
  }

  /// The clock of the process ticks in nanoseconds from [#START] on.
  private UUID block(
      Source from,
      Instant inserted,
      long beginSeconds,
      long endSeconds,
      int objects,
      String payload) {
    BlockInfo info =
        new BlockInfo(
            UUID.randomUUID(),
            from.streamId(),
            from.processId(),
            START.plusSeconds(beginSeconds),
            beginSeconds * 1_000_000_000,
            START.plusSeconds(endSeconds),
            endSeconds * 1_000_000_000,
            0,
            objects);
    byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
    StoredBlock block = new StoredBlock(info, bytes.length, inserted);
    live.lake.objects().putIfAbsent(block.objectKey(), bytes);
    live.lake.metadata().insertBlock(block);
    return info.blockId();
  }

  private List<String> chains() {
    return ask("chains", source.streamId(), TimeRange.ALL);
  }

  private List<String> chains(long fromSecond, long toSecond) {
    return ask(
        "chains",
        source.streamId(),
        TimeRange.of(START.plusSeconds(fromSecond), START.plusSeconds(toSecond)));
  }

  /// Chains as `begin..end blocks objects`, in seconds since the process began.
  private List<String> ask(String viewSet, UUID instance, TimeRange range) {
    long start = START.getEpochSecond();
    String sql =
        """
        SELECT concat(CAST("begin" AS BIGINT) // 1000000000 - %d, '..',
                      CAST("end" AS BIGINT) // 1000000000 - %d, ' ', blocks, ' ', objects)
        FROM view_instance('%s', '%s') ORDER BY "begin"
        """
            .formatted(start, start, viewSet, instance);
    return live.query(sql, range);
  }

  private List<Partition> partitions() {
    return live.lake.partitions().listAll().stream()
        .filter(partition -> partition.viewSet().equals("chains"))
        .toList();
  }

  private static java.util.Optional<String> path(List<Partition> partitions) {
    return partitions.getFirst().filePath();
  }
}
