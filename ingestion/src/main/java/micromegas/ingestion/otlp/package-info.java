/// What arrives as OTLP, whichever door it came through, becomes processes, streams and blocks.
///
/// Comes in: export requests in protobuf or JSON, compressed or not. Goes out: one block per
/// resource, stored through [micromegas.ingestion.IngestionService]. Must never store a part of a
/// request that is malformed as a whole, nor acknowledge one that is not durable as a whole.
@NullMarked
package micromegas.ingestion.otlp;

import org.jspecify.annotations.NullMarked;
