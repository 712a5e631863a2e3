/// SLF4J on top of Micromegas, without another logging library.
///
/// Comes in: calls of SLF4J loggers. Goes out: log events and console lines through
/// [micromegas.tracing.adapter.BackendLogger], straight from the arguments of the call: there is no
/// event object, no queue, no appender.
@NullMarked
package micromegas.tracing.slf4j;

import org.jspecify.annotations.NullMarked;
