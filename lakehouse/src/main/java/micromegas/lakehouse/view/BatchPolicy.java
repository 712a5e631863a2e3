package micromegas.lakehouse.view;

import java.time.Duration;

/// How the maintenance daemon keeps a global view current.
///
/// @param updateGroup views are processed in ascending order; views of one group must not depend on
///   each other
/// @param maxSourceSlice longest slice that is built from source at once
/// @param maxMergeSlice longest slice into which partitions are merged
public record BatchPolicy(int updateGroup, Duration maxSourceSlice, Duration maxMergeSlice) {}
