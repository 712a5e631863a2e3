package micromegas.lakehouse.materialize;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.view.View;

/// Turns blocks into rows of a view, in one local Parquet file. Thread-safe.
@FunctionalInterface
public interface BlockFileWriter {

  /// Writes the rows of `blocks`. A block that cannot be decoded is recorded in the list of block
  /// errors and leaves no row; its neighbours are not affected.
  ///
  /// @param view over decoded blocks or over block rows
  /// @param blocks in the order in which they are read; iterated once
  /// @param target path that does not exist yet; it does not exist afterwards either when there are
  ///   no rows or the method throws
  Written write(View view, Iterable<SourceBlock> blocks, Path target);

  /// Writes the rows of blocks of one stream again and again as more of them arrive.
  ///
  /// @param first the first block
  /// @param targets paths that do not exist yet
  /// @return empty when the rows of this view, or process, have to be written anew as a whole
  default Optional<GrowingFiles> growing(View view, SourceBlock first, Supplier<Path> targets) {
    return Optional.empty();
  }

  /// @param file rows and their bounds
  /// @param sourceObjects source objects that the file accounts for: events of the blocks that were
  ///   read, or the number of blocks for a view of block rows
  record Written(PartitionFile file, long sourceObjects) {}
}
