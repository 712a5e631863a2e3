/// From the bytes of an OpenTelemetry block to columns.
///
/// Comes in: one resource message with its logs, metrics or spans. Goes out: rows appended to a
/// ColumnBatch. Walks the protobuf bytes in place and makes no object per record, data point or
/// attribute; must never leave rows of a block that turned out to be corrupt.
@NullMarked
package micromegas.lakehouse.blocks.otlp;

import org.jspecify.annotations.NullMarked;
