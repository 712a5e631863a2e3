package micromegas.tracing.uplink;

import java.util.List;
import java.util.PriorityQueue;
import micromegas.tracing.record.Chunk;
import micromegas.tracing.record.ChunkPool;
import micromegas.tracing.record.Stripes;

/// Cuts the blocks of one shared stream: merges its stripes by ticks.
///
/// The cut is an instant: ticks are read, then each stripe is taken once. An event with earlier
/// ticks was written before that; one with later ticks waits for the next cut. So blocks touch and
/// hold all events of their time.
final class StripeCutter {
  /// Tries to take a stripe, 50 microseconds apart: 100 ms.
  private static final int PATIENCE = 2_000;

  private final Stripes stripes;
  private final EventLayout layout;
  private final BlockOutput output;
  private final ChunkPool pool;
  private final int maxBlockBytes;
  private final PriorityQueue<ChainCursor> chains = new PriorityQueue<>();

  StripeCutter(
      Stripes stripes, EventLayout layout, BlockOutput output, ChunkPool pool, int maxBlockBytes) {
    this.stripes = stripes;
    this.layout = layout;
    this.output = output;
    this.pool = pool;
    this.maxBlockBytes = maxBlockBytes;
  }

  /// Adds chains that come from elsewhere; their events may be older than the last block's end.
  void add(List<Chunk> more) {
    for (Chunk chain : more) {
      ChainCursor cursor = new ChainCursor(layout, pool, chain);
      if (cursor.hasEvent()) {
        chains.add(cursor);
      }
    }
  }

  /// Writes all events up to some ticks.
  ///
  /// @param now read before
  void cut(BlockAssembler assembler, long now) {
    add(stripes.detach(PATIENCE));
    boolean any = false;
    while (true) {
      ChainCursor first = chains.peek();
      if (first == null || first.ticks() - now > 0) {
        break;
      }
      any = true;
      first.moveTo(assembler); // or fails, and nothing has changed
      chains.poll();
      if (first.hasEvent()) {
        chains.add(first);
      }
      if (assembler.size() >= maxBlockBytes) {
        assembler.walk();
        output.write(assembler, assembler.lastTicks());
        chains.forEach(ChainCursor::startBlock);
        any = false;
      }
    }
    if (any) {
      assembler.walk();
      output.write(assembler, now);
      chains.forEach(ChainCursor::startBlock);
    }
  }
}
