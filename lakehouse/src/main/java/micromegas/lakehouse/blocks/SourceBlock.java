package micromegas.lakehouse.blocks;

import micromegas.lake.StoredBlock;
import micromegas.lake.StoredProcess;
import micromegas.lake.StoredStream;

/// A block with what is known about its stream and process. Blocks of one listing share the stream
/// and process values.
public record SourceBlock(StoredBlock block, StoredStream stream, StoredProcess process) {}
