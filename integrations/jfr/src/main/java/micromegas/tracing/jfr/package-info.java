/// What the JVM does beside the application's spans: pauses, waits, samples.
///
/// Comes in: events of the flight recorder, a second at a time. Goes out: streams, logs and metrics
/// of the same process, on the same clock. What is beyond the limits is counted in the data.
@NullMarked
package micromegas.tracing.jfr;

import org.jspecify.annotations.NullMarked;
