/// OTLP over gRPC.
///
/// Comes in: export calls. Goes out: what the HTTP door would answer, in the terms of gRPC.
/// Messages are bytes, there are no generated classes. What a call holds of the memory is bounded
/// also while its message is still arriving. Must never answer OK before the service has stored
/// what was sent.
@NullMarked
package micromegas.ingestion.grpc;

import org.jspecify.annotations.NullMarked;
