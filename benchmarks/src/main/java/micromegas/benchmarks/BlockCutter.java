package micromegas.benchmarks;

import java.util.UUID;
import java.util.function.BiConsumer;
import micromegas.transit.BlockInfo;
import micromegas.transit.BlockPayload;
import micromegas.transit.BlockWriter;
import micromegas.transit.StreamInfo;

/// Cuts the events of one stream into blocks that touch; one tick is a nanosecond. Not thread-safe.
final class BlockCutter {
  private static final long TICKS_PER_EVENT = 1_000;
  private final StreamInfo stream;
  private final long blockFamily;
  private final BlockWriter writer;
  private final int blockBytes;
  private final BiConsumer<BlockInfo, BlockPayload> sink;
  private long ticks;
  private long beginTicks;
  private long offset;
  private int blocks;

  BlockCutter(
      StreamInfo stream,
      long blockFamily,
      BlockWriter writer,
      int blockBytes,
      BiConsumer<BlockInfo, BlockPayload> sink) {
    this.stream = stream;
    this.blockFamily = blockFamily;
    this.writer = writer;
    this.blockBytes = blockBytes;
    this.sink = sink;
  }

  long tick() {
    return tick(TICKS_PER_EVENT);
  }

  /// The time `step` ticks after the one before.
  long tick(long step) {
    ticks += step;
    return ticks;
  }

  void added() {
    if (writer.objectBytes() >= blockBytes) {
      finish();
    }
  }

  void finish() {
    int events = writer.events();
    if (events == 0) {
      return;
    }
    BlockInfo info =
        new BlockInfo(
            new UUID(
                stream.processId().getMostSignificantBits(),
                0x8000_0000_0000_0000L | blockFamily << 32 | blocks++),
            stream.streamId(),
            stream.processId(),
            Workload.START.plusNanos(beginTicks),
            beginTicks,
            Workload.START.plusNanos(ticks),
            ticks,
            offset,
            events);
    beginTicks = ticks;
    offset += events;
    sink.accept(info, writer.finish());
  }
}
