package micromegas.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.BiConsumer;
import micromegas.transit.BlockInfo;
import micromegas.transit.BlockPayload;
import micromegas.transit.ClientTypes;
import micromegas.transit.ProcessInfo;
import micromegas.transit.SpanBlockWriter;
import micromegas.transit.SpanDescriptor;
import micromegas.transit.StreamInfo;

/// The spans of one thread, of the shape of the workload behind the reference figures: a call tree
/// of ten spans and four levels per iteration, and two asynchronous spans every 97th. Blocks are
/// made one at a time. The same seed gives the same ids and events. Immutable.
///
/// @param seed makes the ids; one per process
public record SpanWorkload(long seed, int iterations) {
  private static final int ITERATIONS = 55_555;
  private static final int SPANS_PER_ITERATION = 10;

  /// Uncompressed bytes at which the Rust client cuts a block of spans.
  public static final int BLOCK_BYTES = 10 * 1024 * 1024 - 128;

  /// The reference workload, `factor` times as large: at 1, 555,550 spans in 1,113,392 events.
  public static SpanWorkload scaled(long seed, double factor) {
    return new SpanWorkload(seed, (int) Math.round(ITERATIONS * factor));
  }

  /// Rows of `thread_spans`: the spans and the root of the thread.
  public long rows() {
    return 1 + (long) iterations * SPANS_PER_ITERATION;
  }

  public ProcessInfo process() {
    return new Workload(seed, 0, 0).process();
  }

  public StreamInfo stream() {
    return new StreamInfo(
        process().processId(),
        new UUID(seed, 0x8000_0000_0000_0004L),
        ClientTypes.spanDependencies(),
        ClientTypes.spanObjects(),
        List.of("cpu"),
        Map.of("thread-name", "main", "thread-id", "1"),
        StreamInfo.TRANSIT_FORMAT);
  }

  /// Hands the blocks to `sink`, in order.
  public void blocks(BiConsumer<BlockInfo, BlockPayload> sink) {
    SpanBlockWriter writer = new SpanBlockWriter();
    BlockCutter cutter = new BlockCutter(stream(), 0x40, writer, BLOCK_BYTES, sink);
    SpanDescriptor tree = span("app::tree", 10);
    SpanDescriptor inner = span("tree_inner", 20);
    SpanDescriptor branch = span("app::branch", 30);
    SpanDescriptor leaf = span("app::leaf", 40);
    SpanDescriptor task = span("app::task", 50);
    Clock clock = new Clock(cutter, new SplittableRandom(seed));
    for (int i = 0; i < iterations; i++) {
      writer.begin(tree, clock.next());
      writer.begin(inner, clock.next());
      for (int b = 0; b < 2; b++) {
        writer.begin(branch, clock.next());
        for (int l = 0; l < 3; l++) {
          writer.begin(leaf, clock.next());
          cutter.added();
          writer.end(leaf, clock.next());
          cutter.added();
        }
        writer.end(branch, clock.next());
      }
      writer.end(inner, clock.next());
      writer.end(tree, clock.next());
      if (i % 97 == 0) {
        writer.beginAsync(task, 2L * i + 1, 0, 0, clock.next());
        writer.beginAsync(task, 2L * i + 2, 2L * i + 1, 1, clock.next());
        writer.endAsync(task, 2L * i + 2, 2L * i + 1, 1, clock.next());
        writer.endAsync(task, 2L * i + 1, 0, 0, clock.next());
      }
      cutter.added();
    }
    cutter.finish();
  }

  /// Times of events, 20 to 147 ns apart.
  private record Clock(BlockCutter cutter, SplittableRandom random) {
    long next() {
      return cutter.tick(20 + random.nextInt(128));
    }
  }

  private static SpanDescriptor span(String name, int line) {
    return new SpanDescriptor(name, "app", "app", "src/workload.rs", line, 2);
  }
}
