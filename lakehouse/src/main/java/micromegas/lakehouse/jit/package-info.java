/// Just-in-time instances: the partitions of one process, made when somebody asks.
///
/// Comes in: the blocks of a process, hour by hour of insert time. Goes out: which blocks belong
/// into one partition and which partitions are still good. Grouping and freshness follow the
/// reference to the letter, since two implementations on one lake would otherwise rewrite each
/// other's partitions. Must never do I/O.
@NullMarked
package micromegas.lakehouse.jit;

import org.jspecify.annotations.NullMarked;
