/// The messages of OTLP as tables: what a field is called, how it is written, where it stands.
///
/// Comes in: nothing. Goes out: [micromegas.otlp.schema.OtlpSchema], which drives the canonical
/// encoder and the JSON transcoder. Must never hold a value of a message.
@NullMarked
package micromegas.otlp.schema;

import org.jspecify.annotations.NullMarked;
