package micromegas.tracing.spi;

import micromegas.transit.BlockInfo;
import micromegas.transit.BlockPayload;
import micromegas.transit.StreamInfo;

/// A block, encoded once and for all. Immutable; the arrays of the payload must not be changed.
///
/// @param stream the stream it belongs to, which sinks have been told before
/// @param rawBytes uncompressed
public record FinishedBlock(
    StreamKind kind, StreamInfo stream, BlockInfo info, BlockPayload payload, int rawBytes) {}
