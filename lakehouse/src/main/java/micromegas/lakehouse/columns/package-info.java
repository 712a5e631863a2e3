/// Growable columns of primitives between decoding and Parquet.
///
/// Comes in: values, appended one by one without boxing. Goes out: arrays. A batch can be rolled
/// back to an earlier row count.
@NullMarked
package micromegas.lakehouse.columns;

import org.jspecify.annotations.NullMarked;
