package micromegas.lakehouse.materialize;

import java.util.List;
import java.util.Optional;
import micromegas.lakehouse.blocks.SourceBlock;

/// The rows of blocks in local files, most of which stay when more blocks come, so that these cost
/// what they hold and not what came before them. Not thread-safe.
public interface GrowingFiles extends AutoCloseable {

  /// Adds blocks. After an exception, or an empty answer, only [#close] is left.
  ///
  /// @param more blocks of the same streams, after all that were added before in the order in which
  ///   blocks are read
  /// @return files whose rows, one after the other, are those that writing all blocks at once
  ///   gives; the caller deletes them. Those given before are the same objects, and those given
  ///   before and not now hold nothing that is needed. Empty when the blocks have to be read anew
  ///   together
  Optional<List<PartitionFile>> add(List<SourceBlock> more);

  /// Frees what was kept to go on; the files stay.
  @Override
  void close();
}
