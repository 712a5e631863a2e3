/// Where telemetry rests: PostgreSQL for metadata, an object store for payloads and partition
/// files.
///
/// Comes in: processes, streams, blocks, partition files. Goes out: the same, durable once a method
/// returned. The shared tables stay at the versions of the reference implementation (7 and 9); what
/// is ours alone lives in the PostgreSQL schema micromegas_java. Must never rewrite an object under
/// an existing key.
@NullMarked
package micromegas.lake;

import org.jspecify.annotations.NullMarked;
