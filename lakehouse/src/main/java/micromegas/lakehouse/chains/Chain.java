package micromegas.lakehouse.chains;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import micromegas.common.BadRequestException;
import micromegas.lakehouse.blocks.SourceBlock;

/// Blocks of one stream without a gap between them, in the order of their events (`lakehouse.md`
/// 9.6).
///
/// @param blocks at least one
public record Chain(List<SourceBlock> blocks) {

  /// The order in which blocks are read: by first, then by last event. Blocks with the same bounds
  /// keep the order of their listing.
  public static final Comparator<SourceBlock> EVENT_ORDER =
      Comparator.comparingLong((SourceBlock block) -> block.block().info().beginTicks())
          .thenComparingLong(block -> block.block().info().endTicks());

  public Chain {
    blocks = List.copyOf(blocks);
    if (blocks.isEmpty()) {
      throw new BadRequestException("a chain needs a block");
    }
  }

  /// Divides blocks into chains. Blocks that touch or overlap continue a chain; a block that begins
  /// after everything before it has ended starts a new one. Streams never share a chain.
  ///
  /// @param blocks in [#EVENT_ORDER]
  /// @return chains in the order of their first blocks
  public static List<Chain> split(List<SourceBlock> blocks) {
    List<Chain> chains = new ArrayList<>();
    byStream(blocks).forEach(stream -> splitStream(stream, chains));
    chains.sort((a, b) -> EVENT_ORDER.compare(a.first(), b.first()));
    return chains;
  }

  /// One chain per stream, whatever lies between its blocks.
  ///
  /// @param blocks in [#EVENT_ORDER]
  /// @return chains in the order of their first blocks
  public static List<Chain> stitch(List<SourceBlock> blocks) {
    return byStream(blocks).stream().map(Chain::new).toList();
  }

  private static List<List<SourceBlock>> byStream(List<SourceBlock> blocks) {
    Map<UUID, List<SourceBlock>> streams = new LinkedHashMap<>();
    for (SourceBlock block : blocks) {
      streams.computeIfAbsent(block.block().info().streamId(), id -> new ArrayList<>()).add(block);
    }
    return List.copyOf(streams.values());
  }

  private static void splitStream(List<SourceBlock> blocks, List<Chain> chains) {
    int start = 0;
    long end = Long.MIN_VALUE;
    for (int i = 0; i < blocks.size(); i++) {
      if (i > start && blocks.get(i).block().info().beginTicks() > end) {
        chains.add(new Chain(blocks.subList(start, i)));
        start = i;
        end = Long.MIN_VALUE;
      }
      end = Math.max(end, blocks.get(i).block().info().endTicks());
    }
    chains.add(new Chain(blocks.subList(start, blocks.size())));
  }

  public SourceBlock first() {
    return blocks.getFirst();
  }

  public SourceBlock last() {
    return blocks.getLast();
  }

  /// The chain without its first `count` blocks, of which at least one stays.
  public Chain from(int count) {
    return count == 0 ? this : new Chain(blocks.subList(count, blocks.size()));
  }
}
