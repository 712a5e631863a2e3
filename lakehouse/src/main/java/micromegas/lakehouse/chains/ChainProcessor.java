package micromegas.lakehouse.chains;

import java.nio.file.Path;
import java.util.Optional;
import micromegas.lakehouse.blocks.DecodeScratch;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.blocks.TickConverter;

/// Turns chains of blocks into the rows of one view set: decodes blocks one by one, side by side,
/// and reads what was decoded in order. Stateless and thread-safe.
///
/// @param <E> the events of one decoded block, as columns; holds nothing of the scratch
public interface ChainProcessor<E> {

  /// Identifies the decoder's behaviour. Blocks that failed are tried again when it changes.
  int version();

  /// Decodes one block, whole or not at all.
  ///
  /// @param payload bytes of the stored object
  /// @param clock of the block's process
  /// @param scratch reused by one thread from block to block
  /// @throws micromegas.common.CorruptDataException when the block does not follow its format; it
  ///   is recorded, and its chain ends before it
  E decode(SourceBlock block, byte[] payload, TickConverter clock, DecodeScratch scratch);

  /// Starts the rows of one file.
  ///
  /// @param scratch folder for what does not fit into memory; exists
  ChainRows<E> rows(Path scratch);

  /// The same for chains that are read as they grow; empty when the view set cannot.
  default Optional<GrowingRows<E>> growing(Path scratch) {
    return Optional.empty();
  }
}
