/// Logback lines in the log stream.
///
/// Comes in: events of Logback, on the thread that logs. Goes out: log events through
/// [micromegas.tracing.adapter.LogBridge]. Knows nothing of how telemetry starts.
@NullMarked
package micromegas.tracing.logback;

import org.jspecify.annotations.NullMarked;
