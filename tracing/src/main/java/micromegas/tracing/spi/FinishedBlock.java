package micromegas.tracing.spi;

import micromegas.transit.BlockInfo;
import micromegas.transit.BlockPayload;
import micromegas.transit.StreamInfo;

/// A block, encoded once and for all. Immutable; the arrays of the payload must not be changed.
///
/// @param stream the stream it belongs to, which sinks have been told before
/// @param rawBytes uncompressed
public record FinishedBlock(
    StreamKind kind, StreamInfo stream, BlockInfo info, BlockPayload payload, int rawBytes) {

  /// What a block takes beside its payload: ids, times, and the properties of its stream, which may
  /// have no other block.
  private static final int OVERHEAD_BYTES = 1_024;

  /// About the memory it takes while it waits, so that a million tiny blocks are no small thing.
  public int memoryBytes() {
    return payload.dependencies().length + payload.objects().length + OVERHEAD_BYTES;
  }
}
