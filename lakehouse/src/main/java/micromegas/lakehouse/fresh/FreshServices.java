package micromegas.lakehouse.fresh;

import java.nio.file.Path;
import micromegas.lake.DataLake;
import micromegas.lakehouse.keys.IndexedFiles;
import micromegas.lakehouse.materialize.BlockFileWriter;
import micromegas.lakehouse.materialize.PartitionWriter;
import micromegas.lakehouse.materialize.SingleFlight;
import micromegas.lakehouse.materialize.SliceBuilder;
import micromegas.lakehouse.source.BlockErrors;
import micromegas.lakehouse.source.BlockListing;
import micromegas.lakehouse.source.InsertWindows;
import micromegas.lakehouse.source.SourceMeter;
import micromegas.lakehouse.source.StreamDirectory;

/// What fresh scans work with; made once by the composition root.
///
/// @param builder builds slices of global views, whatever their source
/// @param files decodes blocks into local files
/// @param writer publishes the partitions of just-in-time instances
/// @param tail files of blocks that no partition holds
/// @param indexed finds partitions by key
/// @param scratch folder for files between decoding and upload; made when it is missing
public record FreshServices(
    DataLake lake,
    StreamDirectory directory,
    BlockListing listing,
    BlockErrors errors,
    InsertWindows windows,
    SourceMeter meter,
    SliceBuilder builder,
    BlockFileWriter files,
    PartitionWriter writer,
    SingleFlight singleFlight,
    TailSegments tail,
    IndexedFiles indexed,
    Path scratch) {}
