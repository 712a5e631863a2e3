package micromegas.lake.envelope;

import micromegas.transit.BlockInfo;
import micromegas.transit.BlockPayload;

/// Body of an `insert_block` request.
public record BlockEnvelope(BlockInfo info, BlockPayload payload) {}
