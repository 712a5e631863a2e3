package micromegas.lakehouse.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import micromegas.common.BadRequestException;
import micromegas.common.UnavailableException;
import micromegas.lake.partition.Partition;
import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.lakehouse.view.View;
import org.junit.jupiter.api.Test;

class BatchMaterializerTest {
  private static final Instant DAY = Instant.parse("2026-01-02T00:00:00Z");
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);

  private final ModelLake lake = new ModelLake();
  private final BatchMaterializer materializer = lake.materializer();

  private static Pass pass(Instant begin, Duration length, Duration delta) {
    return Pass.of(new InsertSlice(begin, begin.plus(length)), delta);
  }

  private PassResult run(Pass pass) {
    return materializer.materializeAll(pass, ProgressListener.NONE);
  }

  @Test
  void groupsRunInOrderAndEachSeesAFreshSnapshot() {
    lake.insert(DAY.plusSeconds(5), 3);
    PassResult result = run(pass(DAY, MINUTE, MINUTE));
    assertThat(result).isEqualTo(new PassResult(3, 0, 0, 0, 0));
    assertThat(lake.log)
        .extracting(line -> line.split(" ")[1])
        .containsExactly("rows", "events", "stats");
    assertThat(lake.partitions.snapshots).isEqualTo(3);
    assertThat(run(pass(DAY, MINUTE, MINUTE))).isEqualTo(new PassResult(0, 0, 3, 0, 0));
  }

  @Test
  void secondsBecomeMinutesHoursAndADay() {
    lake.insert(DAY.plusSeconds(1), 1);
    lake.insert(DAY.plusSeconds(3), 2);
    lake.insert(DAY.plusSeconds(70), 4);
    run(pass(DAY, Duration.ofMinutes(2), SECOND));
    assertThat(lake.of(lake.rows)).hasSize(120);
    run(pass(DAY, Duration.ofMinutes(2), MINUTE));
    assertThat(lake.of(lake.rows)).hasSize(2);
    lake.log.clear();
    run(pass(DAY, HOUR, HOUR));
    assertThat(lake.log).allMatch(line -> line.startsWith("merge")).hasSize(3);
    run(pass(DAY, Duration.ofDays(1), Duration.ofDays(1)));
    // One partition whose count equals that of the day is current, though it spans an hour.
    assertThat(lake.of(lake.rows)).hasSize(1);
    lake.insert(DAY.plus(HOUR).plusSeconds(5), 8);
    run(pass(DAY, Duration.ofDays(1), Duration.ofDays(1)));
    run(pass(DAY, Duration.ofDays(1), Duration.ofDays(1)));
    assertThat(lake.of(lake.rows)).hasSize(1);
    assertThat(lake.of(lake.stats)).hasSize(1);
    assertThat(lake.of(lake.events)).allMatch(p -> length(p).equals(HOUR)).hasSize(24);
    assertWhole(DAY, Duration.ofDays(1));
  }

  @Test
  void aDayOfAHourlyViewThatIsCompleteIsLeftAlone() {
    lake.insert(DAY.plusSeconds(5), 3);
    run(pass(DAY, Duration.ofDays(1), HOUR));
    lake.log.clear();
    List<String> lines = new ArrayList<>();
    materializer.materialize(
        lake.events,
        pass(DAY, Duration.ofDays(1), Duration.ofDays(1)),
        (time, line) -> lines.add(line));
    assertThat(lake.log).isEmpty();
    assertThat(lines).singleElement().asString().contains("subpartitions already present");
  }

  @Test
  void anIncompleteTailOfTheRangeIsLeftOut() {
    lake.insert(DAY.plusSeconds(61), 3);
    run(pass(DAY, Duration.ofSeconds(119), MINUTE));
    assertThat(lake.of(lake.rows)).hasSize(1);
    assertThat(lake.of(lake.rows).getFirst().sourceCount()).isZero();
  }

  @Test
  void emptySlicesAreSkippedWhenAskedTo() {
    lake.insert(DAY.plusSeconds(1), 1);
    Pass sparing = new Pass(new InsertSlice(DAY, DAY.plusSeconds(3)), SECOND, false);
    assertThat(run(sparing)).isEqualTo(new PassResult(3, 0, 0, 6, 0));
    assertThat(lake.of(lake.rows)).hasSize(1);
  }

  @Test
  void aFailingViewIsCountedAndTheOthersGoOn() {
    lake.insert(DAY.plusSeconds(1), 1);
    lake.failing.add("events");
    assertThatThrownBy(() -> run(pass(DAY, MINUTE, MINUTE)))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("1 of the views")
        .hasMessageContaining("events/global fails");
    assertThat(lake.of(lake.rows)).hasSize(1);
    assertThat(lake.of(lake.stats)).hasSize(1);
    assertThat(lake.of(lake.events)).isEmpty();
    assertThat(materializer.failures()).containsExactly(java.util.Map.entry("events/global", 1L));
    lake.failing.clear();
    run(pass(DAY, MINUTE, MINUTE));
    assertWhole(DAY, MINUTE);
  }

  @Test
  void aLaterBlockRebuildsTheSliceFromSource() {
    lake.insert(DAY.plusSeconds(1), 1);
    run(pass(DAY, MINUTE, SECOND));
    lake.insert(DAY.plusSeconds(1), 10);
    run(pass(DAY, MINUTE, MINUTE));
    assertWhole(DAY, MINUTE);
    assertThat(lake.of(lake.events))
        .singleElement()
        .extracting(Partition::sourceCount)
        .isEqualTo(11L);
  }

  @Test
  void aLongerPartitionIsNeverBrokenUp() {
    lake.insert(DAY.plusSeconds(1), 1);
    run(pass(DAY, HOUR, HOUR));
    lake.insert(DAY.plusSeconds(2), 1);
    assertThat(run(pass(DAY, MINUTE, MINUTE)).aborted()).isEqualTo(3);
    assertThat(lake.of(lake.rows)).singleElement().extracting(Partition::sourceCount).isEqualTo(1L);
    run(pass(DAY, HOUR, HOUR));
    assertWhole(DAY, HOUR);
  }

  @Test
  void aDayThatGotALateBlockIsRebuiltWhole() {
    lake.insert(DAY.plusSeconds(1), 1);
    lake.insert(DAY.plus(HOUR), 1);
    Pass day = pass(DAY, Duration.ofDays(1), Duration.ofDays(1));
    run(day);
    run(day);
    lake.insert(DAY.plusSeconds(2), 1);
    run(day);
    assertThat(lake.of(lake.rows))
        .singleElement()
        .satisfies(p -> assertThat(p.sourceCount()).isEqualTo(3))
        .satisfies(p -> assertThat(length(p)).isEqualTo(Duration.ofDays(1)));
    assertWhole(DAY, Duration.ofDays(1));
  }

  @Test
  void workDoneByAnotherWriterMeanwhileIsNotRepeated() {
    lake.insert(DAY.plusSeconds(1), 1);
    // While `rows` is built, another daemon brings `events` up to date.
    lake.beforeCommit =
        () -> {
          lake.beforeCommit = () -> {};
          lake.publish(lake.events, new InsertSlice(DAY, DAY.plus(MINUTE)), Set.of(0), 1);
        };
    PassResult result = run(pass(DAY, MINUTE, MINUTE));
    assertThat(result).isEqualTo(new PassResult(2, 0, 1, 0, 0));
    assertThat(lake.log).noneMatch(line -> line.startsWith("build events"));
  }

  @Test
  void partitionsOfAnotherSchemaAreNotSeen() {
    lake.insert(DAY.plusSeconds(1), 1);
    run(pass(DAY, MINUTE, MINUTE));
    View newer =
        new View(
            lake.events.id(),
            new micromegas.lakehouse.view.ViewSchema(
                lake.events.schema().arrow(), new byte[] {4}, lake.events.schema().eventTime()),
            lake.events.source(),
            lake.events.batch());
    assertThat(materializer.materialize(newer, pass(DAY, MINUTE, MINUTE), ProgressListener.NONE))
        .isEqualTo(PassResult.CREATED);
    assertThat(lake.of(lake.events))
        .singleElement()
        .extracting(p -> p.schemaHash()[0])
        .isEqualTo((byte) 4);
  }

  @Test
  void anInterruptEndsThePass() {
    lake.insert(DAY.plusSeconds(1), 1);
    lake.beforeCommit = () -> Thread.currentThread().interrupt();
    assertThatThrownBy(() -> run(pass(DAY, MINUTE, SECOND)))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(lake.partitions.listAll()).hasSize(1);
  }

  @Test
  void regenerationRebuildsWhatIsCurrentAndRefusesToCutPartitions() {
    lake.insert(DAY.plusSeconds(1), 1);
    run(pass(DAY, HOUR, HOUR));
    InsertSlice hour = new InsertSlice(DAY, DAY.plus(HOUR));
    lake.log.clear();
    materializer.regenerate(lake.events, hour, HOUR, ProgressListener.NONE);
    assertThat(lake.log).containsExactly("build events " + DAY + " PT1H");
    assertThatThrownBy(
            () -> materializer.regenerate(lake.events, hour, MINUTE, ProgressListener.NONE))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("does not fully contain existing partition");
    assertThatThrownBy(() ->
            materializer.regenerate(
                lake.events, hour, Duration.ofMinutes(7), ProgressListener.NONE))
        .hasMessageContaining("does not exactly tile the requested range");
  }

  /// Blocks arrive late and out of order, some cannot be decoded until the decoder is changed,
  /// views fail now and then, another writer counts what it could not decode: after a quiet pass
  /// over everything, each readable block is in exactly one partition of each view.
  @Test
  void anySequenceOfInsertsAndPassesEndsWhole() {
    for (int seed = 0; seed < 150; seed++) {
      Random random = new Random(seed);
      ModelLake model = new ModelLake();
      BatchMaterializer passes = model.materializer();
      Duration window = Duration.ofHours(3);
      Duration[] deltas = {
        SECOND.multipliedBy(600), MINUTE.multipliedBy(20), HOUR, Duration.ofDays(1)
      };
      for (int step = 0; step < 40; step++) {
        switch (random.nextInt(4)) {
          case 0, 1 -> {
            model.insert(
                DAY.plusSeconds(random.nextInt((int) window.toSeconds())), random.nextInt(4));
            if (random.nextInt(5) == 0) {
              model.undecodable.add(model.blocks.size() - 1);
            }
          }
          case 2 -> {
            if (random.nextInt(4) == 0) {
              model.failing.add("events");
            }
            Duration delta = deltas[random.nextInt(deltas.length)];
            long slices = Math.max(1, window.dividedBy(delta));
            Instant begin = DAY.plus(delta.multipliedBy(random.nextLong(slices)));
            Duration length = delta.multipliedBy(1 + random.nextInt(3));
            try {
              passes.materializeAll(pass(begin, length, delta), ProgressListener.NONE);
            } catch (UnavailableException e) {
              assertThat(model.failing).isNotEmpty();
            }
            model.failing.clear();
          }
          default -> {
            if (random.nextInt(3) == 0) {
              model.retry = true; // a new decoder reads everything
              model.undecodable.clear();
            }
          }
        }
      }
      model.retry = false;
      model.undecodable.clear();
      Pass everything = pass(DAY, Duration.ofDays(1), Duration.ofDays(1));
      passes.materializeAll(everything, ProgressListener.NONE);
      passes.materializeAll(everything, ProgressListener.NONE);
      for (View view : List.of(model.rows, model.events, model.stats)) {
        Set<Integer> seen = new HashSet<>();
        long counted = 0;
        for (Partition partition : model.of(view)) {
          for (int block : model.heldBy(partition)) {
            assertThat(seen.add(block)).as("block %d twice, seed %d", block, seed).isTrue();
          }
          counted += partition.sourceCount();
        }
        long expected = model.blocks.stream().mapToLong(ModelLake.Block::objects).sum();
        assertThat(counted).as("%s, seed %d", view.id(), seed).isEqualTo(expected);
        assertThat(seen)
            .as("%s, seed %d", view.id(), seed)
            .containsAll(
                model.blocks.stream()
                    .filter(block -> block.objects() > 0)
                    .map(ModelLake.Block::id)
                    .toList());
      }
    }
  }

  private void assertWhole(Instant begin, Duration length) {
    InsertSlice range = new InsertSlice(begin, begin.plus(length));
    Set<Integer> expected = new HashSet<>();
    lake.in(range).forEach(block -> expected.add(block.id()));
    for (View view : List.of(lake.rows, lake.events, lake.stats)) {
      List<Integer> held = new ArrayList<>();
      lake.of(view).forEach(partition -> held.addAll(lake.heldBy(partition)));
      assertThat(held).as("%s", view.id()).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  private static Duration length(Partition partition) {
    return Duration.between(partition.beginInsertTime(), partition.endInsertTime());
  }
}
