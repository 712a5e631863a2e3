package micromegas.lakehouse.jit;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import micromegas.common.BadRequestException;
import micromegas.lakehouse.blocks.SourceBlock;

/// Blocks that belong into one partition.
///
/// @param blocks at least one, in the order in which they are decoded
/// @param objects events of all blocks
/// @param firstInsert smallest insert time
/// @param lastInsert largest insert time, inclusive
public record PartitionSpec(
    List<SourceBlock> blocks, long objects, Instant firstInsert, Instant lastInsert) {
  public PartitionSpec {
    blocks = List.copyOf(blocks);
  }

  static PartitionSpec of(List<SourceBlock> blocks) {
    Comparator<Instant> order = Comparator.naturalOrder();
    return new PartitionSpec(
        blocks,
        blocks.stream().mapToLong(block -> block.block().info().nbObjects()).sum(),
        blocks.stream()
            .map(block -> block.block().insertTime())
            .min(order)
            .orElseThrow(() -> new BadRequestException("a partition needs blocks")),
        blocks.stream()
            .map(block -> block.block().insertTime())
            .max(order)
            .orElseThrow(() -> new BadRequestException("a partition needs blocks")));
  }

  boolean isDegenerate() {
    return firstInsert.equals(lastInsert);
  }
}
