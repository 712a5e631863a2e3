package micromegas.lakehouse.materialize;

import micromegas.lake.partition.Partition;
import micromegas.lakehouse.view.View;

/// Builds the partition of one slice of a global view from its source. One implementation per kind
/// of [micromegas.lakehouse.view.ViewSource]. Thread-safe.
public interface SliceBuilder {

  /// Source objects of the slice now: what an up-to-date partition's source count must equal.
  long count(View view, InsertSlice slice);

  /// Builds the partition, stores it and makes it visible in place of whatever lies inside the
  /// slice.
  Partition build(View view, InsertSlice slice);
}
