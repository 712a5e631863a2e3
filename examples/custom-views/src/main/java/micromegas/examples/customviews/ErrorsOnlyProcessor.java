package micromegas.examples.customviews;

import java.util.List;
import micromegas.lakehouse.blocks.BlockProcessor;
import micromegas.lakehouse.blocks.DecodeScratch;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/// Decodes a block with the processor of `log_entries` and keeps what is an error or worse. Works
/// on columns: no object per event, one batch per block.
final class ErrorsOnlyProcessor implements BlockProcessor {
  private static final int OWN_VERSION = 1;
  private static final int ERROR = 2; // 1 is fatal, 2 is error, larger is less severe

  private final BlockProcessor entries;
  private final Schema entriesSchema;
  private final int processId;
  private final int insertTime;
  private final int time;
  private final int target;
  private final int level;
  private final int msg;

  ErrorsOnlyProcessor(BlockProcessor entries, Schema entriesSchema) {
    this.entries = entries;
    this.entriesSchema = entriesSchema;
    List<String> names = entriesSchema.getFields().stream().map(Field::getName).toList();
    this.processId = names.indexOf("process_id");
    this.insertTime = names.indexOf("insert_time");
    this.time = names.indexOf("time");
    this.target = names.indexOf("target");
    this.level = names.indexOf("level");
    this.msg = names.indexOf("msg");
  }

  /// Changes when either decoder does, so that blocks which failed are tried again.
  @Override
  public int version() {
    return 1000 * OWN_VERSION + entries.version();
  }

  @Override
  public void process(SourceBlock block, byte[] payload, ColumnBatch out, DecodeScratch scratch) {
    ColumnBatch all = new ColumnBatch(entriesSchema);
    entries.process(block, payload, all, scratch);
    BytesColumn messages = all.bytes(msg);
    for (int row = 0; row < all.rows(); row++) {
      int severity = all.ints(level).get(row);
      if (severity > ERROR) {
        continue;
      }
      long nanos = all.longs(time).get(row);
      int begin = messages.begin(row);
      int length = messages.end(row) - begin;
      copy(all.dictionary(processId), row, out.dictionary(0));
      out.longs(1).append(all.longs(insertTime).get(row));
      out.longs(2).append(nanos);
      copy(all.dictionary(target), row, out.dictionary(3));
      out.ints(4).append(severity);
      out.ints(5).append(length);
      out.bytes(6).append(messages.data(), begin, length);
      out.widen(nanos, nanos);
    }
  }

  private static void copy(DictionaryColumn from, int row, DictionaryColumn to) {
    BytesColumn values = from.dictionary();
    int value = from.indices()[row];
    int begin = values.begin(value);
    to.appendIndex(to.intern(values.data(), begin, values.end(value) - begin));
  }
}
