/// What logging libraries say while no telemetry runs.
///
/// Comes in: lines of adapters, before telemetry starts and between two runs of it. Goes out: the
/// lines that were kept, with the times they came at, to the telemetry that starts next. Holds on
/// to strings only, is bounded in lines, bytes and time, and never waits for anything.
@NullMarked
package micromegas.tracing.early;

import org.jspecify.annotations.NullMarked;
