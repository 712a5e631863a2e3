package micromegas.lakehouse.materialize;

import micromegas.lakehouse.blocks.SourceBlock;

/// Lists the blocks of a slice whose stream has a tag, by insert time. Thread-safe.
@FunctionalInterface
public interface SliceBlocks {
  Iterable<SourceBlock> blocks(InsertSlice slice, String tag);
}
