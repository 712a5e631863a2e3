/// Keeps global views current in the background: builds and merges slices, retires old data,
/// deletes what nobody reads any more.
///
/// Comes in: the views of a factory, the clock. Goes out: partitions. Everything here may run
/// twice, be interrupted or not run at all: queries are answered all the same, only slower.
@NullMarked
package micromegas.lakehouse.maintenance;

import org.jspecify.annotations.NullMarked;
