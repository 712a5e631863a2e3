/// Ticks and their relation to wall-clock time.
///
/// Comes in: nothing. Goes out: tick counts for events, and times derived from ticks for the bounds
/// of blocks. Must never read two clocks for one event.
@NullMarked
package micromegas.tracing.clock;

import org.jspecify.annotations.NullMarked;
