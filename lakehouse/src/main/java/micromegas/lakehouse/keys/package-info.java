/// Finding the partitions that hold a key.
///
/// Comes in: finished files of views with a key index, and keys that queries ask for. Goes out:
/// sorted files with a filter each in PostgreSQL, and the partitions that need not be read. Must
/// never leave out a partition that may hold the key.
@NullMarked
package micromegas.lakehouse.keys;

import org.jspecify.annotations.NullMarked;
