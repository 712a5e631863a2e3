/// Traces for Perfetto: spans and measures of one process in the protobuf format that its
/// `trace_processor` and its viewer read.
///
/// Comes in: rows of queries over spans and measures. Goes out: chunks of a trace, made while they
/// are read. Must never hold more than a batch of rows and the texts that packets refer to.
@NullMarked
package micromegas.lakehouse.perfetto;

import org.jspecify.annotations.NullMarked;
