/// OTLP/JSON, which becomes protobuf at the door.
///
/// Comes in: the JSON of an export request. Goes out: the same request in protobuf. Must accept
/// what the standard mapping allows, and never keep more than one value in memory beside the
/// output.
@NullMarked
package micromegas.otlp.json;

import org.jspecify.annotations.NullMarked;
