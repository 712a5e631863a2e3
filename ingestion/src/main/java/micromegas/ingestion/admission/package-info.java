/// How much of the memory requests may take, and how long they may take to arrive.
///
/// Comes in: the size of a request. Goes out: room for it, or an error that means "later"; an alarm
/// when it does not arrive in time. Must never give the same byte twice, nor keep one that was
/// given back.
@NullMarked
package micromegas.ingestion.admission;

import org.jspecify.annotations.NullMarked;
