/// What there is to materialise: blocks, their counts, and the blocks that could not be decoded.
///
/// Comes in: ranges of insert time or event time, tags, processes. Goes out: blocks with their
/// stream and process, read from PostgreSQL page by page. A block exists here once its stream and
/// its process are there. Must never hold a connection while a caller works.
@NullMarked
package micromegas.lakehouse.source;

import org.jspecify.annotations.NullMarked;
