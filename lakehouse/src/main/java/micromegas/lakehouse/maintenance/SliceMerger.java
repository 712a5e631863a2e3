package micromegas.lakehouse.maintenance;

import java.util.List;
import micromegas.lake.partition.Partition;
import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.lakehouse.view.View;

/// Replaces several partitions of one slice by one with the same rows. Thread-safe.
@FunctionalInterface
public interface SliceMerger {

  /// @param inputs at least two partitions inside the slice, which together hold all of it
  /// @return the partition that is now visible in their place
  /// @throws micromegas.common.ConflictException when an input has another schema hash or is no
  ///   longer current; nothing has changed then
  Partition merge(View view, InsertSlice slice, List<Partition> inputs);
}
