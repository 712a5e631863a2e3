package micromegas.tracing.spi;

import micromegas.transit.StreamInfo;

/// What a [BlockSampler] knows of a block. Immutable.
///
/// @param stream its stream; its properties name the thread
/// @param beginNanos of the block, since 1970
/// @param endNanos of the block
/// @param nowNanos of the question, on the same clock
/// @param events begins and ends of spans
/// @param bytes uncompressed
/// @param held whether it has been asked about before, and waits
public record SampledBlock(
    StreamInfo stream,
    long beginNanos,
    long endNanos,
    long nowNanos,
    int events,
    int bytes,
    boolean held) {}
