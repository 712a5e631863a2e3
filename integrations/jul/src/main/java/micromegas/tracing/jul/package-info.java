/// `java.util.logging` in the log stream.
///
/// Comes in: records of `java.util.logging`, on the thread that logs. Goes out: log events through
/// [micromegas.tracing.adapter.LogBridge]. Knows nothing of how telemetry starts.
@NullMarked
package micromegas.tracing.jul;

import org.jspecify.annotations.NullMarked;
