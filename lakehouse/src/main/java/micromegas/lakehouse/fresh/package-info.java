/// Answers that are complete: partitions that are current, plus everything that they do not cover.
///
/// Comes in: a view and what a query needs of it. Goes out: a plan of local files, and of queries
/// over other views. Every acknowledged block is in the answer exactly once, whether or not the
/// maintenance daemon runs. Must never trust a partition whose count differs from its source.
@NullMarked
package micromegas.lakehouse.fresh;

import org.jspecify.annotations.NullMarked;
