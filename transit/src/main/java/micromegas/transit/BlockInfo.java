package micromegas.transit;

import java.time.Instant;
import java.util.UUID;

/// A batch of consecutive events of one stream, without its payload.
///
/// @param beginTime wall clock when the block was opened
/// @param beginTicks ticks at the same instant, relative to the process `startTicks`; may be
///   negative
/// @param endTime wall clock when the block was closed
/// @param endTicks relative ticks at close
/// @param objectOffset events of this stream emitted before this block
/// @param nbObjects events in this block; trusted from the client, not checked
public record BlockInfo(
    UUID blockId,
    UUID streamId,
    UUID processId,
    Instant beginTime,
    long beginTicks,
    Instant endTime,
    long endTicks,
    long objectOffset,
    int nbObjects) {}
