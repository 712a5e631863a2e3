/// Where events are written: chunks of bytes, one recorder per platform thread, a few stripes for
/// what many threads share.
///
/// Comes in: ids of call sites, values, texts. Goes out: published bytes in the layout of the wire,
/// which one reader ([micromegas.tracing.uplink]) takes away. Must never block a recording thread,
/// call out, or allocate per event; memory comes from one bounded pool.
///
/// Memory order: whoever writes an event publishes it by a release store of its chunk's position;
/// the reader acquires the position and never looks behind it. A chunk that is full gets its
/// successor after its last publication, and the reader looks for a successor first.
@NullMarked
package micromegas.tracing.record;

import org.jspecify.annotations.NullMarked;
