/// Log4j 2 lines in the log stream.
///
/// Comes in: events of Log4j 2, on the thread that logs. Goes out: log events through
/// [micromegas.tracing.adapter.LogBridge]. Knows nothing of how telemetry starts.
@NullMarked
package micromegas.tracing.log4j2;

import org.jspecify.annotations.NullMarked;
