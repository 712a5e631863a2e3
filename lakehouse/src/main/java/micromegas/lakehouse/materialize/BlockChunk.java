package micromegas.lakehouse.materialize;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import micromegas.lake.StoredBlock;
import micromegas.lakehouse.blocks.SourceBlock;

/// Consecutive blocks that are decoded together, by one worker.
///
/// @param bytes estimate of what they take until their row groups are written
record BlockChunk(List<SourceBlock> blocks, long bytes) {
  /// Columns of one event: indices, times, and text of the usual length.
  private static final long BYTES_PER_EVENT = 160;

  private static final int MAX_BLOCKS = 1024;

  /// Takes blocks until they make a row group, or a quarter of `maxBytes`.
  ///
  /// @param blocks must have a next block
  static BlockChunk next(PeekingBlocks blocks, int rows, long maxBytes) {
    List<SourceBlock> taken = new ArrayList<>();
    long events = 0;
    long bytes = 0;
    do {
      SourceBlock block = blocks.next();
      taken.add(block);
      events += events(block.block());
      bytes += bytes(block.block());
    } while (taken.size() < MAX_BLOCKS
        && blocks.hasNext()
        && events + events(blocks.peek().block()) <= rows
        && bytes + bytes(blocks.peek().block()) <= maxBytes / 4);
    return new BlockChunk(List.copyOf(taken), Math.min(bytes, maxBytes));
  }

  private static long events(StoredBlock block) {
    return Math.max(0, block.info().nbObjects());
  }

  private static long bytes(StoredBlock block) {
    return 2 * Math.max(0, block.payloadSize()) + BYTES_PER_EVENT * events(block);
  }

  /// An iterator that shows its next element.
  static final class PeekingBlocks {
    private final Iterator<SourceBlock> blocks;
    private final List<SourceBlock> next = new ArrayList<>(1);

    PeekingBlocks(Iterator<SourceBlock> blocks) {
      this.blocks = blocks;
    }

    boolean hasNext() {
      return !next.isEmpty() || blocks.hasNext();
    }

    SourceBlock peek() {
      if (next.isEmpty()) {
        next.add(blocks.next());
      }
      return next.getFirst();
    }

    SourceBlock next() {
      SourceBlock block = peek();
      next.clear();
      return block;
    }
  }
}
