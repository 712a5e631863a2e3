/// Views over the lake: how blocks become columns, columns become partitions, and partitions answer
/// queries.
///
/// Comes in: blocks of the lake. Goes out: partitions, and for a query the local files that hold
/// its rows, fresh to the last acknowledged block. Must never count a block as done that it could
/// not decode.
@NullMarked
package micromegas.lakehouse;

import org.jspecify.annotations.NullMarked;
