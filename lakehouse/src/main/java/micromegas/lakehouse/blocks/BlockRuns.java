package micromegas.lakehouse.blocks;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import micromegas.common.Nanos;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.LongColumn;
import micromegas.transit.BlockInfo;
import micromegas.transit.ProcessInfo;

/// The columns that are the same on all rows of a block, appended as runs. `log_entries` and
/// `measures` begin with the same ones.
final class BlockRuns {
  private BlockRuns() {}

  /// Appends `rows` rows to the columns 0 to 6 and to `processPropertiesColumn`.
  static void append(
      SourceBlock source,
      int rows,
      ColumnBatch out,
      int processPropertiesColumn,
      byte[] processProperties) {
    BlockInfo block = source.block().info();
    ProcessInfo process = source.process().info();
    run(out, LogColumns.PROCESS_ID, block.processId().toString(), rows);
    run(out, LogColumns.STREAM_ID, block.streamId().toString(), rows);
    run(out, LogColumns.BLOCK_ID, block.blockId().toString(), rows);
    run(out, LogColumns.EXE, process.exe(), rows);
    run(out, LogColumns.USERNAME, process.username(), rows);
    run(out, LogColumns.COMPUTER, process.computer(), rows);
    var properties = out.dictionary(processPropertiesColumn);
    properties.appendRun(properties.intern(processProperties), rows);
    long insertNanos = micros(source.block().insertTime());
    LongColumn insertTime = out.longs(LogColumns.INSERT_TIME);
    for (int row = 0; row < rows; row++) {
      insertTime.append(insertNanos);
    }
  }

  private static void run(ColumnBatch out, int column, String value, int rows) {
    var dictionary = out.dictionary(column);
    dictionary.appendRun(dictionary.intern(value.getBytes(StandardCharsets.UTF_8)), rows);
  }

  private static long micros(Instant instant) {
    long nanos = Nanos.fromInstant(instant);
    return nanos - Math.floorMod(nanos, Nanos.PER_MICRO);
  }
}
