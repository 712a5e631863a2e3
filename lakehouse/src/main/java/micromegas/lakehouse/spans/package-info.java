/// Call trees: from the begin and end events of one thread to the rows of `thread_spans`.
///
/// Comes in: decoded events of contiguous blocks. Goes out: rows in the order of their begin, each
/// with its parent and depth. Must never hold more than the open spans, a bounded number of rows
/// and what is being written; the rest lies in a scratch file until its chain ends.
@NullMarked
package micromegas.lakehouse.spans;

import org.jspecify.annotations.NullMarked;
