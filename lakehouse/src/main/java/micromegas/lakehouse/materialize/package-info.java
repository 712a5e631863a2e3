/// The life cycle of partitions: built from source, merged, retired.
///
/// Comes in: a view and a slice of insert time. Goes out: a partition, visible whole or not at all;
/// one file, one upload, one row. Building is single-flight.
@NullMarked
package micromegas.lakehouse.materialize;

import org.jspecify.annotations.NullMarked;
