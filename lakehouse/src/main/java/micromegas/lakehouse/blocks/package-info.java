/// From one block's bytes to columns: the hottest code of the lakehouse.
///
/// Comes in: a block's payload and the facts about its stream and process. Goes out: rows appended
/// to a ColumnBatch. Must never make an object per event, nor leave rows of a block that turned out
/// to be corrupt.
@NullMarked
package micromegas.lakehouse.blocks;

import org.jspecify.annotations.NullMarked;
