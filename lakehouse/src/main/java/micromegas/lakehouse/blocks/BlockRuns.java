package micromegas.lakehouse.blocks;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import micromegas.common.Nanos;
import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.LongColumn;
import micromegas.transit.BlockInfo;
import micromegas.transit.ProcessInfo;

/// The columns that are the same on all rows of a block, appended as runs after its events.
public final class BlockRuns {
  private final SourceBlock source;
  private final DecodeScratch scratch;
  private final ColumnBatch out;
  private final int rows;

  /// @param rows of the block
  public BlockRuns(SourceBlock source, DecodeScratch scratch, ColumnBatch out, int rows) {
    this.source = source;
    this.scratch = scratch;
    this.out = out;
    this.rows = rows;
  }

  BlockRuns(OpenBlock<?> block, ColumnBatch out, int rows) {
    this(block.source, block.scratch, out, rows);
  }

  /// The columns with which most view sets of events begin: 0 to 6 of [LogColumns].
  public void origin() {
    ids();
    ProcessInfo process = source.process().info();
    text(LogColumns.EXE, process.exe());
    text(LogColumns.USERNAME, process.username());
    text(LogColumns.COMPUTER, process.computer());
  }

  /// Where the rows come from and when that arrived: 0 to 3 of [LogColumns].
  public void ids() {
    BlockInfo block = source.block().info();
    text(LogColumns.PROCESS_ID, block.processId().toString());
    text(LogColumns.STREAM_ID, block.streamId().toString());
    text(LogColumns.BLOCK_ID, block.blockId().toString());
    long insertNanos = micros(source.block().insertTime());
    LongColumn insertTime = out.longs(LogColumns.INSERT_TIME);
    for (int row = 0; row < rows; row++) {
      insertTime.append(insertNanos);
    }
  }

  /// Text in a column that is not dictionary encoded.
  public void plainText(int column, String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    BytesColumn bytes = out.bytes(column);
    for (int row = 0; row < rows; row++) {
      bytes.append(utf8, 0, utf8.length);
    }
  }

  public void processProperties(int column) {
    run(column, scratch.processDocument(source.process().info().properties()));
  }

  public void text(int column, String value) {
    run(column, value.getBytes(StandardCharsets.UTF_8));
  }

  private void run(int column, byte[] value) {
    if (rows > 0) {
      var dictionary = out.dictionary(column);
      dictionary.appendRun(dictionary.intern(value), rows);
    }
  }

  private static long micros(Instant instant) {
    long nanos = Nanos.fromInstant(instant);
    return nanos - Math.floorMod(nanos, Nanos.PER_MICRO);
  }
}
