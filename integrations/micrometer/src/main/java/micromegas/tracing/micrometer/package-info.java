/// Micrometer meters in the metrics stream.
///
/// Comes in: meters, read once per step, or each sample of those that are named in the
/// configuration. Goes out: samples with one property set per meter. Aggregates nothing that SQL
/// can.
@NullMarked
package micromegas.tracing.micrometer;

import org.jspecify.annotations.NullMarked;
