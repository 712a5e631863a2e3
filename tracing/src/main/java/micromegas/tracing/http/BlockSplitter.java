package micromegas.tracing.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.transit.BlockInfo;
import micromegas.transit.BlockPayload;
import micromegas.transit.Lz4FrameReader;
import micromegas.transit.Lz4FrameWriter;
import micromegas.transit.ObjectCursor;
import micromegas.transit.TransitLayout;

/// Makes two blocks of one that a server finds too large. Both keep all dependencies and the bounds
/// of the whole, so that they touch the neighbours and cover their events.
final class BlockSplitter {
  private BlockSplitter() {}

  /// The halves, the later one first; none when the block has a single event.
  static List<FinishedBlock> halves(FinishedBlock block) {
    int events = block.info().nbObjects();
    if (events < 2) {
      return List.of();
    }
    Lz4FrameReader reader = new Lz4FrameReader(Lz4FrameReader.DEFAULT_MAX_BYTES);
    byte[] frame = block.payload().objects();
    reader.read(frame, 0, frame.length);
    ObjectCursor cursor = new ObjectCursor();
    cursor.reset(TransitLayout.compile(block.stream()).objects(), reader.bytes(), 0, reader.size());
    int first = events / 2;
    for (int i = 0; i < first; i++) {
      cursor.next();
    }
    int middle = cursor.end();
    List<FinishedBlock> halves = new ArrayList<>();
    halves.add(part(block, reader.bytes(), middle, reader.size(), first, events - first));
    halves.add(part(block, reader.bytes(), 0, middle, 0, first));
    return halves;
  }

  private static FinishedBlock part(
      FinishedBlock whole, byte[] objects, int from, int to, int skipped, int events) {
    BlockInfo info = whole.info();
    byte[] raw = Arrays.copyOfRange(objects, from, to);
    BlockPayload payload =
        new BlockPayload(
            whole.payload().dependencies(),
            Lz4FrameWriter.portable(false).compress(raw, raw.length));
    BlockInfo part =
        new BlockInfo(
            UUID.randomUUID(),
            info.streamId(),
            info.processId(),
            info.beginTime(),
            info.beginTicks(),
            info.endTime(),
            info.endTicks(),
            info.objectOffset() + skipped,
            events);
    return new FinishedBlock(whole.kind(), whole.stream(), part, payload, raw.length);
  }
}
