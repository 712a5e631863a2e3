package micromegas.tracing.uplink;

import java.util.Map;
import java.util.TreeMap;
import micromegas.tracing.record.Chunk;
import micromegas.tracing.record.ChunkPool;
import micromegas.tracing.record.ThreadStream;

/// Cuts the blocks of one thread. A block ends with its last event and the next one begins there,
/// so blocks touch and no later event is earlier, without any word with the owner.
final class ThreadCutter {
  private final ThreadStream stream;
  private final BlockOutput output;
  private final int maxBlockBytes;

  ThreadCutter(ThreadStream stream, BlockOutput output, int maxBlockBytes) {
    this.stream = stream;
    this.output = output;
    this.maxBlockBytes = maxBlockBytes;
  }

  /// The properties of the stream of a thread.
  static Map<String, String> properties(Thread thread) {
    Map<String, String> properties = new TreeMap<>();
    String name = thread.getName();
    if (!name.isEmpty()) {
      properties.put("thread-name", Texts.storable(name));
    }
    properties.put("thread-id", Long.toString(thread.getId() & 0xffff_ffffL));
    return properties;
  }

  ThreadStream stream() {
    return stream;
  }

  /// Writes everything that was published.
  ///
  /// @param last whether the stream ends here
  void cut(BlockAssembler assembler, ChunkPool pool, boolean last) {
    int before;
    do {
      before = assembler.size();
      ThreadStream.Target target = (chunk, from, to) -> take(assembler, chunk, from, to) || last;
      if (last) {
        stream.readLast(target, pool);
      } else {
        stream.read(target, pool);
      }
      before = assembler.size() - before;
      write(assembler);
    } while (before >= maxBlockBytes && !last);
  }

  private boolean take(BlockAssembler assembler, Chunk chunk, int from, int to) {
    assembler.add(chunk.bytes(), from, to);
    assembler.addReferences(chunk);
    return assembler.size() < maxBlockBytes;
  }

  private void write(BlockAssembler assembler) {
    if (assembler.size() > 0) {
      assembler.walk();
      output.write(assembler, assembler.lastTicks());
    }
  }
}
