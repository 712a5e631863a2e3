/// Sends blocks to an ingestion server: a queue with priorities and limits, a few senders, retries,
/// authentication.
///
/// Comes in: processes, streams, finished blocks. Goes out: the three native requests, as CBOR.
/// Must send the same bytes with the same id on every attempt, never grow beyond its limits, and
/// hurt nobody when the server is away.
@NullMarked
package micromegas.tracing.http;

import org.jspecify.annotations.NullMarked;
