package micromegas.lakehouse.chains;

import java.util.List;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.columns.ColumnBatch;

/// Rows of chains that can be had before a chain ends, and again when it has grown, without reading
/// it again.
///
/// @param <E> see [ChainProcessor]
public interface GrowingRows<E> extends ChainRows<E> {

  /// Part of the rows of a chain.
  interface Range {
    /// Whether its rows stay as they are when the chain grows. It is then given again as the same
    /// object.
    boolean isSettled();
  }

  /// Says that a chain that has not ended goes on; [#add] follows for the blocks up to `last`.
  ///
  /// @return false when that would give other rows than reading the chain at once
  boolean goOn(SourceBlock last);

  /// All rows of the chain that was begun last, in order; none is settled that cannot be.
  List<Range> ranges();

  /// Makes [#drain] give the rows of a range of the latest [#ranges], and widen the bounds by them.
  /// Ranges are drained in their order; those that were settled before may be passed over.
  void start(Range range);

  /// What had to be set right in the chain so far.
  ChainRepairs repairs();

  @Override
  boolean drain(ColumnBatch out, int rows);
}
