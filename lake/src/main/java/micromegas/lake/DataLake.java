package micromegas.lake;

import micromegas.lake.metadata.MetadataStore;
import micromegas.lake.objects.LocalFiles;
import micromegas.lake.objects.ObjectStore;
import micromegas.lake.partition.PartitionStore;

/// Everything that is durable, in one value.
///
/// @param files partition files for the query engine
public record DataLake(
    MetadataStore metadata, ObjectStore objects, LocalFiles files, PartitionStore partitions) {}
