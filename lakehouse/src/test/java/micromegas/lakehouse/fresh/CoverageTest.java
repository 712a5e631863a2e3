package micromegas.lakehouse.fresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import micromegas.lake.partition.Partition;
import micromegas.lake.partition.SourceCounts;
import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.lakehouse.source.IntervalCounts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoverageTest {
  private static final Instant START = Instant.parse("2026-05-06T00:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  static Partition partition(Instant begin, Instant end, long count) {
    return new Partition(
        "log_entries",
        "global",
        begin,
        end,
        Optional.empty(),
        START,
        Optional.empty(),
        0,
        new byte[] {6},
        SourceCounts.encode(count),
        0,
        2,
        Optional.empty(),
        Optional.empty());
  }

  private static Instant at(long minutes) {
    return START.plus(Duration.ofMinutes(minutes));
  }

  private static IntervalCounts counts(long... objects) {
    return new IntervalCounts(
        objects, new long[objects.length], new long[objects.length], new long[objects.length]);
  }

  @Test
  void boundariesAreHoursAndPartitionBounds() {
    assertThat(
            Coverage.boundaries(
                new InsertSlice(START, at(180)),
                List.of(partition(at(10), at(20), 0), partition(at(60), at(70), 0)),
                HOUR))
        .containsExactly(START, at(10), at(20), at(60), at(70), at(120), at(180));
  }

  @Test
  void emptyGapsAreNoGaps() {
    Coverage coverage =
        Coverage.judge(
            List.of(partition(at(0), at(60), 5)),
            List.of(at(0), at(60), at(120), at(180)),
            counts(5, 0, 3));
    assertThat(coverage.current()).hasSize(1);
    assertThat(coverage.gaps()).containsExactly(new Gap(new InsertSlice(at(120), at(180)), 3));
  }

  @Test
  void aWrongCountOpensTheWholePartition() {
    Coverage coverage =
        Coverage.judge(
            List.of(partition(at(0), at(120), 7)), List.of(at(0), at(60), at(120)), counts(5, 3));
    assertThat(coverage.current()).isEmpty();
    assertThat(coverage.stale()).hasSize(1);
    assertThat(coverage.gaps()).hasSize(2);
  }

  @Test
  void undecodableObjectsMayBeCountedOrNot() {
    for (long recorded : new long[] {10, 6}) {
      List<Partition> one = List.of(partition(at(0), at(60), recorded));
      List<Instant> hour = List.of(at(0), at(60));
      IntervalCounts failed =
          new IntervalCounts(new long[] {10}, new long[] {4}, new long[] {0}, new long[1]);
      assertThat(Coverage.judge(one, hour, failed).current()).isEqualTo(one);
      IntervalCounts retry =
          new IntervalCounts(new long[] {10}, new long[] {0}, new long[] {4}, new long[1]);
      assertThat(Coverage.judge(one, hour, retry).stale()).isEqualTo(one);
    }
  }

  @Test
  void overlappingPartitionsAreAllRefused() {
    Coverage coverage =
        Coverage.judge(
            List.of(partition(at(0), at(60), 5), partition(at(30), at(90), 5)),
            List.of(at(0), at(30), at(60), at(90)),
            counts(2, 3, 2));
    assertThat(coverage.current()).isEmpty();
    assertThat(coverage.gaps()).hasSize(3);
  }

  /// On random timelines every object lies in exactly one current partition or gap.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyObjectIsCoveredOnce(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      long[] objects = new long[240];
      for (int i = 0; i < objects.length; i++) {
        objects[i] = random.nextInt(3) == 0 ? random.nextInt(10) : 0;
      }
      List<Partition> partitions = new ArrayList<>();
      for (int minute = random.nextInt(30); minute < 240; ) {
        int end = Math.min(240, minute + 1 + random.nextInt(60));
        long truth = Arrays.stream(objects, minute, end).sum();
        long recorded = random.nextInt(4) == 0 ? truth + random.nextInt(3) - 1 : truth;
        partitions.add(partition(at(minute), at(end), recorded));
        minute = end + random.nextInt(20);
      }
      List<Instant> boundaries =
          Coverage.boundaries(new InsertSlice(START, at(240)), partitions, HOUR);
      long[] counted = new long[boundaries.size() - 1];
      for (int i = 0; i < counted.length; i++) {
        counted[i] = sum(objects, boundaries.get(i), boundaries.get(i + 1));
      }
      Coverage coverage = Coverage.judge(partitions, boundaries, counts(counted));
      assertThat(coverage.current().size() + coverage.stale().size()).isEqualTo(partitions.size());
      int[] times = new int[240];
      for (Partition current : coverage.current()) {
        assertThat(current.sourceCount())
            .isEqualTo(sum(objects, current.beginInsertTime(), current.endInsertTime()));
        mark(times, current.beginInsertTime(), current.endInsertTime());
      }
      for (Gap gap : coverage.gaps()) {
        assertThat(gap.objects()).isPositive();
        mark(times, gap.slice().begin(), gap.slice().end());
      }
      for (int i = 0; i < times.length; i++) {
        assertThat(times[i]).isLessThanOrEqualTo(1);
        if (objects[i] > 0) {
          assertThat(times[i]).as("minute %d", i).isEqualTo(1);
        }
      }
      Instant now = at(120 + random.nextInt(120));
      checkTargets(coverage, boundaries, now);
    }
  }

  /// What is built and what stays in the tail are together the gaps, and nothing is cut in two.
  private static void checkTargets(Coverage coverage, List<Instant> boundaries, Instant now) {
    BuildTargets targets =
        BuildTargets.choose(
            micromegas.lakehouse.view.BlocksView.create(),
            coverage,
            List.of(new InsertSlice(boundaries.getFirst(), boundaries.getLast())),
            now,
            FreshSettings.DEFAULT);
    for (Gap gap : coverage.gaps()) {
      long owners =
          targets.slices().stream().filter(s -> BuildTargets.contains(s, gap.slice())).count()
              + targets.tail().stream().filter(gap::equals).count();
      assertThat(owners).isEqualTo(1);
    }
    TreeSet<Instant> ends = new TreeSet<>();
    for (InsertSlice slice : targets.slices()) {
      assertThat(slice.end()).isBefore(now);
      assertThat(ends.isEmpty() || !ends.last().isAfter(slice.begin())).isTrue();
      ends.add(slice.end());
      for (Partition current : coverage.current()) {
        assertThat(
                !BuildTargets.overlaps(slice, current)
                    || slice.contains(current.beginInsertTime(), current.endInsertTime()))
            .isTrue();
      }
    }
  }

  private static long sum(long[] objects, Instant begin, Instant end) {
    return Arrays.stream(objects, minute(begin), minute(end)).sum();
  }

  private static void mark(int[] times, Instant begin, Instant end) {
    for (int i = minute(begin); i < minute(end); i++) {
      times[i]++;
    }
  }

  private static int minute(Instant time) {
    return (int) Duration.between(START, time).toMinutes();
  }
}
