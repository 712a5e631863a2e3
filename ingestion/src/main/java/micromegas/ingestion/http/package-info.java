/// The native protocol over HTTP.
///
/// Comes in: requests. Goes out: exactly the statuses, bodies and headers that the clients of the
/// reference implementation know. Bodies in memory are bounded. Must never answer 200 before the
/// service has stored what was sent, nor tell a client more than the category of a failure.
@NullMarked
package micromegas.ingestion.http;

import org.jspecify.annotations.NullMarked;
