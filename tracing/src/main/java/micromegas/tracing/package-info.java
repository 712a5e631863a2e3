/// Instrumentation for applications: logs, metrics, spans and images, recorded at about the cost of
/// the clock and sent in the native wire format of Micromegas.
///
/// Start with [Telemetry] and [Sites]. Comes in: calls from the application. Goes out: blocks to
/// sinks. Must never throw into the application, block its threads, or exceed its share of memory;
/// what is lost is counted and reported in the data.
@NullMarked
package micromegas.tracing;

import org.jspecify.annotations.NullMarked;
