package micromegas.lakehouse.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import micromegas.lake.partition.Partition;
import micromegas.lakehouse.materialize.InsertSlice;
import org.junit.jupiter.api.Test;

class SliceDecisionTest {
  private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");
  private static final InsertSlice HOUR = new InsertSlice(NOON, NOON.plusSeconds(3600));

  private final ModelLake lake = new ModelLake();

  private Partition of(long fromSecond, long toSecond, long count) {
    return lake.partition(
        lake.events, NOON.plusSeconds(fromSecond), NOON.plusSeconds(toSecond), Set.of(1), count);
  }

  private static SliceDecision decide(SourceState source, Partition... candidates) {
    return SliceDecision.decide(HOUR, List.of(candidates), source);
  }

  @Test
  void nothingThereIsCreatedEvenWithoutSource() {
    assertThat(decide(SourceState.of(0))).isInstanceOf(SliceDecision.Create.class);
    assertThat(decide(SourceState.of(5))).isInstanceOf(SliceDecision.Create.class);
  }

  @Test
  void aPartitionThatReachesOutsideStopsTheUpdateWhateverTheCounts() {
    Partition outside = of(-1, 60, 5);
    assertThat(decide(SourceState.of(5), of(60, 120, 0), outside))
        .isEqualTo(new SliceDecision.Abort(outside));
    assertThat(decide(SourceState.of(7), of(0, 3601, 5))).isInstanceOf(SliceDecision.Abort.class);
  }

  @Test
  void equalCountsAreUpToDateOrMerged() {
    assertThat(decide(SourceState.of(5), of(0, 3600, 5)))
        .isInstanceOf(SliceDecision.UpToDate.class);
    // One partition shorter than the slice is enough: the rest has no source.
    assertThat(decide(SourceState.of(5), of(60, 120, 5)))
        .isInstanceOf(SliceDecision.UpToDate.class);
    assertThat(decide(SourceState.of(5), of(0, 60, 2), of(120, 180, 3)))
        .isInstanceOf(SliceDecision.Merge.class);
  }

  @Test
  void differentCountsAreCreatedFromSource() {
    assertThat(decide(SourceState.of(6), of(0, 3600, 5))).isInstanceOf(SliceDecision.Create.class);
    assertThat(decide(SourceState.of(4), of(0, 60, 2), of(120, 180, 3)))
        .isInstanceOf(SliceDecision.Create.class);
  }

  @Test
  void aHashThatIsNoCountIsCreatedFromSource() {
    Partition p = of(0, 3600, 5);
    Partition legacy =
        new Partition(
            p.viewSet(),
            p.instanceId(),
            p.beginInsertTime(),
            p.endInsertTime(),
            p.eventTime(),
            p.updated(),
            p.filePath(),
            p.fileSize(),
            p.schemaHash(),
            new byte[] {1, 2, 3},
            p.numRows(),
            1,
            Optional.empty(),
            Optional.empty());
    assertThat(decide(SourceState.of(5), legacy)).isInstanceOf(SliceDecision.Create.class);
  }

  @Test
  void undecodableObjectsMayBeCountedOrNot() {
    SourceState source = new SourceState(10, 4, false);
    assertThat(decide(source, of(0, 3600, 10))).isInstanceOf(SliceDecision.UpToDate.class);
    assertThat(decide(source, of(0, 3600, 6))).isInstanceOf(SliceDecision.UpToDate.class);
    assertThat(decide(source, of(0, 3600, 8))).isInstanceOf(SliceDecision.Create.class);
  }

  @Test
  void failuresOfAnOlderDecoderAreTriedAgain() {
    assertThat(decide(new SourceState(10, 4, true), of(0, 3600, 6)))
        .isInstanceOf(SliceDecision.Create.class);
    assertThat(decide(new SourceState(10, 4, true), of(-5, 3600, 6)))
        .isInstanceOf(SliceDecision.Abort.class);
  }
}
