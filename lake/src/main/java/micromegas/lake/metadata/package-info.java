/// The telemetry tables of PostgreSQL: processes, streams, blocks; their migrations and locks.
///
/// Comes in: registrations. Goes out: rows. Inserts are idempotent: the first writer of an id wins.
@NullMarked
package micromegas.lake.metadata;

import org.jspecify.annotations.NullMarked;
