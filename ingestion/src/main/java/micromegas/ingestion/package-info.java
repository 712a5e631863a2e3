/// The front doors: telemetry arrives over HTTP and is stored.
///
/// Comes in: envelopes of the native protocol. Goes out: an object and a row, then 200. Must never
/// acknowledge a block before both are durable, nor lose one that it acknowledged.
@NullMarked
package micromegas.ingestion;

import org.jspecify.annotations.NullMarked;
