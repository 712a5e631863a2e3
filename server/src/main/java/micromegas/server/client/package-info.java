/// The asking side of FlightSQL: what the command line uses.
///
/// Comes in: SQL and a range. Goes out: printed rows. Talks to any server of the protocol.
@NullMarked
package micromegas.server.client;

import org.jspecify.annotations.NullMarked;
