/// A small shop that is simulated and sends real telemetry over HTTP.
///
/// Comes in: the address of an ingestion server. Goes out: a process, its streams and blocks,
/// written as the Rust client writes them. Must never touch the stores of a server directly.
@NullMarked
package micromegas.server.demo;

import org.jspecify.annotations.NullMarked;
