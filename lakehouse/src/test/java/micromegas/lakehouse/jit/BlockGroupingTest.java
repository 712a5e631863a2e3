package micromegas.lakehouse.jit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import micromegas.lake.StoredBlock;
import micromegas.lake.StoredProcess;
import micromegas.lake.StoredStream;
import micromegas.lake.partition.Partition;
import micromegas.lake.partition.SourceCounts;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.transit.BlockInfo;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Grouping of blocks into partitions, and whether those that exist are still good.
class BlockGroupingTest {
  private static final Instant HOUR = Instant.parse("2026-05-06T12:00:00Z");
  private static final UUID ID = new UUID(1, 1);
  private static final byte[] HASH = {6};

  private static SourceBlock block(long second, int objects) {
    BlockInfo info = new BlockInfo(UUID.randomUUID(), ID, ID, HOUR, 0, HOUR, 0, 0, objects);
    return new SourceBlock(
        new StoredBlock(info, 1, at(second)),
        new StoredStream(
            new StreamInfo(ID, ID, List.of(), List.of(), List.of("log"), Map.of(), "f"), HOUR),
        new StoredProcess(
            new ProcessInfo(ID, "", "", "", "", "", "", 1, HOUR, 0, Optional.empty(), Map.of()),
            HOUR));
  }

  private static Instant at(long second) {
    return HOUR.plusSeconds(second);
  }

  private static Partition partition(long begin, long end, long count) {
    return new Partition(
        "log_entries",
        ID.toString(),
        at(begin),
        at(end),
        Optional.empty(),
        HOUR,
        Optional.empty(),
        0,
        HASH,
        SourceCounts.encode(count),
        0,
        2,
        Optional.empty(),
        Optional.empty());
  }

  private static List<Long> objects(List<PartitionSpec> specs) {
    return specs.stream().map(PartitionSpec::objects).toList();
  }

  @Test
  void inInsertOrderGroupsAreCutAtTheLimit() {
    List<SourceBlock> blocks =
        List.of(block(1, 6), block(2, 4), block(3, 1), block(4, 20), block(5, 1));
    assertThat(objects(BlockGrouping.group(blocks, 10))).containsExactly(10L, 1L, 20L, 1L);
  }

  @Test
  void outOfOrderCutsMoveBackToASafePlace() {
    // Before the third block is safe; before the fourth is not, since the fifth was inserted
    // earlier than the third.
    List<SourceBlock> blocks =
        List.of(block(1, 4), block(2, 4), block(9, 4), block(8, 4), block(7, 4));
    assertThat(objects(BlockGrouping.group(blocks, 13))).containsExactly(8L, 12L);
    // No safe place at all: the group outgrows the limit.
    List<SourceBlock> reversed = List.of(block(3, 9), block(2, 9), block(1, 9));
    assertThat(objects(BlockGrouping.group(reversed, 10))).containsExactly(27L);
  }

  @Test
  void groupsWithoutEventsAreDropped() {
    assertThat(BlockGrouping.group(List.of(block(1, 0), block(2, 0)), 10)).isEmpty();
    assertThat(BlockGrouping.group(List.of(), 10)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void rangesAscendAndEveryBlockIsInOneGroup(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      List<SourceBlock> blocks = new ArrayList<>();
      boolean ordered = random.nextBoolean();
      for (int i = 0; i < 40; i++) {
        blocks.add(block(i + (ordered ? 0 : random.nextInt(6)), 1 + random.nextInt(8)));
      }
      if (ordered) {
        blocks.sort(Comparator.comparing(b -> b.block().insertTime()));
      }
      List<PartitionSpec> specs = BlockGrouping.group(blocks, 20);
      assertThat(specs.stream().flatMap(spec -> spec.blocks().stream()).toList()).isEqualTo(blocks);
      for (int i = 0; i + 1 < specs.size(); i++) {
        assertThat(specs.get(i).lastInsert()).isBeforeOrEqualTo(specs.get(i + 1).firstInsert());
        if (ordered) {
          assertThat(specs.get(i).objects()).isLessThanOrEqualTo(20);
        }
      }
    }
  }

  private static List<Boolean> fresh(List<PartitionSpec> specs, Partition... partitions) {
    return SpecFreshness.check(
            specs,
            List.of(partitions),
            HASH,
            specs.stream().map(spec -> SpecFreshness.Undecodable.NOTHING).toList())
        .stream()
        .map(Optional::isPresent)
        .toList();
  }

  private static PartitionSpec spec(long first, long last, int objects) {
    return first == last
        ? PartitionSpec.of(List.of(block(first, objects)))
        : PartitionSpec.of(List.of(block(first, objects), block(last, 0)));
  }

  @Test
  void oneMatchWithEnoughObjectsIsFresh() {
    assertThat(fresh(List.of(spec(1, 5, 10)), partition(1, 5, 10))).containsExactly(true);
    assertThat(fresh(List.of(spec(1, 5, 10)), partition(1, 5, 9))).containsExactly(false);
    assertThat(fresh(List.of(spec(1, 5, 10)), partition(0, 9, 12))).containsExactly(true);
    assertThat(fresh(List.of(spec(1, 5, 10)), partition(1, 2, 10), partition(4, 5, 10)))
        .containsExactly(false);
    assertThat(fresh(List.of(spec(1, 5, 10)))).containsExactly(false);
  }

  @Test
  void aDegenerateSpecNeedsExactlyItsRange() {
    assertThat(fresh(List.of(spec(3, 3, 10)), partition(3, 3, 10))).containsExactly(true);
    assertThat(fresh(List.of(spec(3, 3, 10)), partition(1, 5, 10))).containsExactly(false);
  }

  @Test
  void specsThatTouchDoNotDisturbEachOther() {
    assertThat(
            fresh(List.of(spec(1, 5, 10), spec(5, 9, 7)), partition(1, 5, 10), partition(5, 9, 7)))
        .containsExactly(true, true);
  }

  @Test
  void aWidePartitionNeedsTheObjectsOfAllItsSpecs() {
    List<PartitionSpec> specs = List.of(spec(1, 4, 10), spec(5, 9, 10));
    assertThat(fresh(specs, partition(1, 9, 20))).containsExactly(true, true);
    assertThat(fresh(specs, partition(1, 9, 12))).containsExactly(false, false);
  }

  @Test
  void aPartitionInsideAStaleSpecGoesWithIt() {
    // The first spec grew to 6; writing it retires the partition [5, 6] that the second spec needs.
    List<PartitionSpec> specs = List.of(spec(1, 6, 10), spec(6, 6, 3));
    assertThat(fresh(specs, partition(1, 4, 5), partition(6, 6, 3))).containsExactly(false, false);
  }

  @Test
  void blocksThatFailedAreNotMissed() {
    List<PartitionSpec> specs = List.of(spec(1, 5, 10));
    List<Partition> candidates = List.of(partition(1, 5, 6));
    assertThat(
            SpecFreshness.check(
                    specs, candidates, HASH, List.of(new SpecFreshness.Undecodable(4, false)))
                .getFirst())
        .isPresent();
    assertThat(
            SpecFreshness.check(
                    specs, candidates, HASH, List.of(new SpecFreshness.Undecodable(4, true)))
                .getFirst())
        .isEmpty();
  }
}
