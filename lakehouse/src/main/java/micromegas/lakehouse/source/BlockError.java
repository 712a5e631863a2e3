package micromegas.lakehouse.source;

import java.time.Instant;
import java.util.UUID;

/// A block that a view set could not decode; a row of `micromegas_java.block_errors`.
///
/// @param insertTime of the block
/// @param nbObjects events of the block, none of which is in the view set
/// @param decoderVersion of the decoder that failed last
/// @param error what it said
/// @param firstSeen when it failed first
/// @param lastSeen when it failed last
/// @param attempts how often it failed
public record BlockError(
    String viewSet,
    UUID blockId,
    UUID processId,
    UUID streamId,
    Instant insertTime,
    int nbObjects,
    int decoderVersion,
    String error,
    Instant firstSeen,
    Instant lastSeen,
    int attempts) {}
