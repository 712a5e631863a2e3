package micromegas.lakehouse.chains;

import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.blocks.TickConverter;
import micromegas.lakehouse.columns.ColumnBatch;

/// Reads the chains of one file, one after the other, and appends their rows to a batch. Its
/// methods run on different threads, but never two at a time.
///
/// Batches are handed to the file when they have a row group's rows, so what is in `out` may be
/// gone at the next call. Event-time bounds are those that [ColumnBatch#widen] was told, with or
/// without rows.
///
/// @param <E> see [ChainProcessor]
public interface ChainRows<E> extends AutoCloseable {

  /// Begins a chain.
  ///
  /// @param chain its blocks; [#add] follows for each of them, in order, until [#end]. The chain
  ///   ends early when a block cannot be decoded
  /// @param clock of the chain's process
  void begin(Chain chain, TickConverter clock);

  /// Reads a block; may append the rows that are final.
  void add(SourceBlock block, E events, ColumnBatch out);

  /// Ends the chain with the block that was added last.
  ///
  /// @return what had to be set right in it
  ChainRepairs end();

  /// Appends rows of the ended chain until `out` has `rows` rows or none is left.
  ///
  /// @return whether rows are left
  boolean drain(ColumnBatch out, int rows);

  /// Frees what the rows took, finished or not.
  @Override
  void close();
}
