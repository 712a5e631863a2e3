package micromegas.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import micromegas.transit.BlockInfo;
import org.junit.jupiter.api.Test;

class WorkloadTest {
  @Test
  void atFactorOneItHasTheRowsOfTheReferenceWorkload() {
    Workload workload = Workload.scaled(1, 1);
    assertThat(workload.logRows()).isEqualTo(857_162);
    assertThat(workload.measures()).isEqualTo(2_400_000);
  }

  @Test
  void blocksTouchAndHoldEveryEvent() {
    Workload workload = Workload.scaled(1, 0.02);
    List<BlockInfo> logs = new ArrayList<>();
    workload.logBlocks(64 * 1024, (info, payload) -> logs.add(info));
    assertConsecutive(logs, workload.logRows());

    List<BlockInfo> metrics = new ArrayList<>();
    workload.metricBlocks(Workload.METRIC_BLOCK_BYTES, (info, payload) -> metrics.add(info));
    assertConsecutive(metrics, workload.measures());
  }

  private static void assertConsecutive(List<BlockInfo> blocks, long events) {
    assertThat(blocks).hasSizeGreaterThan(1);
    assertThat(blocks).extracting(BlockInfo::blockId).doesNotHaveDuplicates();
    long offset = 0;
    long ticks = 0;
    for (BlockInfo block : blocks) {
      assertThat(block.objectOffset()).isEqualTo(offset);
      assertThat(block.beginTicks()).isEqualTo(ticks);
      offset += block.nbObjects();
      ticks = block.endTicks();
    }
    assertThat(offset).isEqualTo(events);
  }
}
