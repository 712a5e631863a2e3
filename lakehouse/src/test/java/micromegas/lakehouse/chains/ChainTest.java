package micromegas.lakehouse.chains;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import micromegas.lake.StoredBlock;
import micromegas.lake.StoredProcess;
import micromegas.lake.StoredStream;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.transit.BlockInfo;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;
import org.junit.jupiter.api.Test;

class ChainTest {
  private static final Instant TIME = Instant.parse("2026-11-23T20:00:00Z");
  private static final UUID PROCESS = new UUID(1, 1);

  @Test
  void blocksThatTouchOrOverlapShareAChain() {
    assertThat(split(block(0, 10), block(10, 20), block(15, 18), block(19, 30)))
        .containsExactly("0..10 10..20 15..18 19..30");
  }

  @Test
  void aGapStartsAChain() {
    assertThat(split(block(0, 10), block(11, 20), block(20, 21), block(30, 40)))
        .containsExactly("0..10", "11..20 20..21", "30..40");
  }

  @Test
  void aShortBlockInsideALongOneLeavesNoGap() {
    assertThat(split(block(0, 100), block(5, 6), block(50, 60), block(101, 102)))
        .containsExactly("0..100 5..6 50..60", "101..102");
  }

  @Test
  void blocksWithEqualBoundsKeepTheirOrder() {
    SourceBlock first = block(3, 9);
    SourceBlock second = block(3, 9);
    SourceBlock third = block(3, 8);
    List<SourceBlock> sorted = Stream.of(first, second, third).sorted(Chain.EVENT_ORDER).toList();
    assertThat(sorted.get(0)).isSameAs(third);
    assertThat(sorted.get(1)).isSameAs(first);
    assertThat(sorted.get(2)).isSameAs(second);
  }

  @Test
  void streamsHaveTheirOwnChains() {
    assertThat(split(block(1, 0, 10), block(2, 5, 20), block(1, 10, 15), block(1, 30, 40)))
        .containsExactly("0..10 10..15", "5..20", "30..40");
  }

  private static List<String> split(SourceBlock... blocks) {
    return Chain.split(List.of(blocks)).stream()
        .map(chain ->
            String.join(
                " ",
                chain.blocks().stream()
                    .map(b -> b.block().info().beginTicks() + ".." + b.block().info().endTicks())
                    .toList()))
        .toList();
  }

  private static SourceBlock block(long begin, long end) {
    return block(1, begin, end);
  }

  private static SourceBlock block(int stream, long begin, long end) {
    UUID streamId = new UUID(2, stream);
    return new SourceBlock(
        new StoredBlock(
            new BlockInfo(UUID.randomUUID(), streamId, PROCESS, TIME, begin, TIME, end, 0, 1),
            1,
            TIME),
        new StoredStream(
            new StreamInfo(PROCESS, streamId, List.of(), List.of(), List.of(), Map.of(), "t"),
            TIME),
        new StoredProcess(
            new ProcessInfo(
                PROCESS, "", "", "", "", "", "", 1, TIME, 0, Optional.empty(), Map.of()),
            TIME));
  }
}
