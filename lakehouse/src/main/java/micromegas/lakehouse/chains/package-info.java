/// Views whose rows need more than one block: chains of contiguous blocks of one stream, read in
/// the order of their events.
///
/// Comes in: the blocks of one partition. Goes out: rows, appended to a ColumnBatch while the chain
/// is read. Must never hold more than the state that crosses a block border, nor let a bad block
/// hide its neighbours.
@NullMarked
package micromegas.lakehouse.chains;

import org.jspecify.annotations.NullMarked;
