/// FlightSQL: the door through which every client asks.
///
/// Comes in: gRPC calls of the Python package, Grafana, ADBC and JDBC drivers. Goes out: Arrow
/// batches with back-pressure, errors with the query id, one audit record per query. Written on
/// gRPC itself, since the Flight library cannot send dictionaries again between batches. Must never
/// keep anything between two calls that a client could miss: a query that GetFlightInfo started
/// waits a little for its DoGet, which starts it again when it is gone.
@NullMarked
package micromegas.server.flight;

import org.jspecify.annotations.NullMarked;
