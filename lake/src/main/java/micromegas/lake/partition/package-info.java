/// The rows of lakehouse_partitions: listing, and the one transaction that retires and inserts.
///
/// Comes in: a finished partition file. Goes out: the partitions that answer a range. JDBC only, so
/// that other engines can list partitions without the query engine. A partition is visible to every
/// reader at once or never.
@NullMarked
package micromegas.lake.partition;

import org.jspecify.annotations.NullMarked;
