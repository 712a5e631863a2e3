package micromegas.lakehouse.blocks;

import micromegas.lakehouse.columns.ColumnBatch;

/// Decodes one block of one stream format into the columns of one view set. Stateless and
/// thread-safe; what is worth keeping between blocks lives in `scratch`.
public interface BlockProcessor {

  /// Identifies the decoder's behaviour. Blocks that failed are tried again when it changes.
  int version();

  /// Appends the rows of `block` to `out`.
  ///
  /// @param payload bytes of the stored object (a CBOR map)
  /// @param out columns of the view set; on error the caller rolls it back to where it was
  /// @param scratch reused by one thread from block to block
  /// @throws micromegas.common.CorruptDataException when the block does not follow its format
  void process(SourceBlock block, byte[] payload, ColumnBatch out, DecodeScratch scratch);
}
