package micromegas.tracing.uplink;

import micromegas.tracing.record.Chunk;
import micromegas.tracing.record.ChunkPool;
import micromegas.tracing.record.PastStream;
import org.jspecify.annotations.Nullable;

/// Cuts the blocks of one stream of past spans. A block ends with its last event and the next one
/// begins there.
final class PastCutter {
  private final PastStream stream;
  private final OutputMaker outputs;
  private final int maxBlockBytes;
  private @Nullable BlockOutput output;

  /// Makes the output of the stream, once its first ticks are known.
  interface OutputMaker {
    BlockOutput output(long beginTicks);
  }

  PastCutter(PastStream stream, OutputMaker outputs, int maxBlockBytes) {
    this.stream = stream;
    this.outputs = outputs;
    this.maxBlockBytes = maxBlockBytes;
  }

  PastStream stream() {
    return stream;
  }

  /// Writes everything that was recorded.
  void cut(BlockAssembler assembler, ChunkPool pool) {
    Chunk chunk = stream.detach();
    while (chunk != null) {
      assembler.add(chunk.bytes(), 0, chunk.published());
      assembler.addReferences(chunk);
      Chunk next = chunk.next();
      pool.give(chunk);
      chunk = next;
      if (assembler.size() > 0 && (chunk == null || assembler.size() >= maxBlockBytes)) {
        write(assembler);
      }
    }
  }

  private void write(BlockAssembler assembler) {
    assembler.walk();
    BlockOutput to = output;
    if (to == null) {
      to = outputs.output(assembler.firstTicks());
      output = to;
    }
    to.write(assembler, assembler.lastTicks());
  }
}
