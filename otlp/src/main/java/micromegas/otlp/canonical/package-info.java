/// The canonical encoding of OTLP messages.
///
/// Comes in: protobuf as a client encoded it. Goes out: the bytes that are stored and identified,
/// or an error that says what is wrong with the message. Must never lose a field that OTLP knows,
/// nor take more than linear time or a deeper stack for hostile bytes.
@NullMarked
package micromegas.otlp.canonical;

import org.jspecify.annotations.NullMarked;
