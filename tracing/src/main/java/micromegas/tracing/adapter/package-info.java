/// For adapters of logging libraries, and their authors.
///
/// Comes in: lines of another library, on the thread that logs. Goes out: log events whose target
/// is the name of the logger. A library with levels and a console of its own (Logback, Log4j 2,
/// `java.util.logging`) forwards what it has let pass to a [micromegas.tracing.adapter.LogBridge];
/// an API without them (SLF4J, `System.Logger`) stands on
/// [micromegas.tracing.adapter.BackendLogger]. Never throws into the application, holds on to
/// strings only, and makes nothing for an event without properties.
@NullMarked
package micromegas.tracing.adapter;

import org.jspecify.annotations.NullMarked;
