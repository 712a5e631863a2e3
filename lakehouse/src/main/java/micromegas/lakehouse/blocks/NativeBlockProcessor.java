package micromegas.lakehouse.blocks;

import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.transit.CorruptBlockException;

/// The frame of the decoders of native blocks: opens the block, lets the view set read its events,
/// and leaves no row of a block that turns out to be corrupt.
///
/// @param <F> field handles of the view set
abstract class NativeBlockProcessor<F extends EventFields> implements BlockProcessor {
  private final EventTypes<F> types;

  NativeBlockProcessor(EventTypes<F> types) {
    this.types = types;
  }

  @Override
  public final void process(
      SourceBlock source, byte[] payload, ColumnBatch out, DecodeScratch scratch) {
    ColumnBatch.Mark mark = out.mark();
    boolean done = false;
    try {
      read(scratch.open(source, payload, types), out);
      done = true;
    } catch (CorruptBlockException e) {
      throw OpenBlock.corrupt(source, e);
    } finally {
      if (!done) {
        out.rollback(mark);
      }
    }
  }

  /// Appends the rows of all events, and widens the bounds of `out`.
  ///
  /// @throws CorruptBlockException at the first event that cannot be read
  abstract void read(OpenBlock<F> block, ColumnBatch out);
}
