/// OpenTelemetry and the native format in one process.
///
/// Comes in: finished spans, metrics and log records of the OpenTelemetry SDK, and its contexts.
/// Goes out: native events of the telemetry that runs, and native span contexts that follow those
/// of OpenTelemetry. Without telemetry everything here does nothing. Must never throw into the SDK
/// or the application.
@NullMarked
package micromegas.tracing.opentelemetry;

import org.jspecify.annotations.NullMarked;
