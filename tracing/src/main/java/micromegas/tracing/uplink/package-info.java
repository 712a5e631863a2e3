/// From chunks to blocks: takes away what was published, finds what it refers to, compresses it and
/// hands it to the sinks.
///
/// Comes in: chunks of [micromegas.tracing.record]. Goes out: finished blocks. Runs on one thread,
/// and on the caller's for an explicit flush. Must give chunks back at once, keep consecutive
/// blocks of a stream touching, and never hand out an empty block.
@NullMarked
package micromegas.tracing.uplink;

import org.jspecify.annotations.NullMarked;
