package micromegas.lakehouse.materialize;

import java.util.Collection;
import java.util.List;
import java.util.UUID;
import micromegas.lakehouse.chains.ChainRepairs;
import micromegas.transit.BlockInfo;

/// Remembers what had to be set right in chains of blocks. Thread-safe.
public interface ChainRepairSink {
  /// Remembers nothing.
  ChainRepairSink NONE = (viewSet, blocks, chains) -> {};

  /// A chain that needed repairs.
  ///
  /// @param first its first block
  /// @param last its last block
  record RepairedChain(BlockInfo first, BlockInfo last, ChainRepairs repairs) {}

  /// These blocks were read, and these of their chains needed repairs; what was known of the blocks
  /// before is forgotten.
  void replace(String viewSet, Collection<UUID> blocks, List<RepairedChain> chains);
}
