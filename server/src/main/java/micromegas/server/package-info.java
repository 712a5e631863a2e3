/// The roles of the server, the command line, and the one place where the graph of objects is made.
///
/// Comes in: configuration. Goes out: running roles (ingestion, FlightSQL, maintenance).
@NullMarked
package micromegas.server;

import org.jspecify.annotations.NullMarked;
