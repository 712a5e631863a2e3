/// Micromegas as the backend of `System.Logger`.
///
/// Comes in: calls of system loggers, also of the JDK. Goes out: log events and console lines
/// through [micromegas.tracing.adapter.BackendLogger]. Is loaded early; needs nothing but the SDK.
@NullMarked
package micromegas.tracing.systemlogger;

import org.jspecify.annotations.NullMarked;
