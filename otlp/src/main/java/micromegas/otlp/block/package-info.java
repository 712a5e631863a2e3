/// What the row of a block says about its payload.
///
/// Comes in: canonical resource messages. Goes out: bounds of time and counts. Must never keep a
/// record in memory.
@NullMarked
package micromegas.otlp.block;

import org.jspecify.annotations.NullMarked;
