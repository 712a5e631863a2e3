package micromegas.lakehouse.blocks;

import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.columns.LongColumn;
import micromegas.transit.ObjectCursor;

/// Decodes native image blocks into the columns of `images` ([ImageColumns]; `views.md` 9).
public final class ImagesBlockProcessor extends NativeBlockProcessor<EventFields> {
  private static final int VERSION = 1;

  public ImagesBlockProcessor() {
    super(new ImageEvents());
  }

  @Override
  public int version() {
    return VERSION;
  }

  @Override
  void read(OpenBlock<EventFields> block, ColumnBatch out) {
    ObjectCursor cursor = block.cursor;
    TickConverter ticks = TickConverter.ofBlock(block.source);
    LongColumn times = out.longs(ImageColumns.TIME);
    BytesColumn names = out.bytes(ImageColumns.NAME);
    DictionaryColumn formats = out.dictionary(ImageColumns.FORMAT);
    LongColumn sizes = out.longs(ImageColumns.PAYLOAD_SIZE);
    BytesColumn contents = out.bytes(ImageColumns.DATA);
    int before = times.size();
    while (cursor.next()) {
      EventFields fields = block.plan.fields(cursor.type());
      if (fields.reader != ImageEvents.IMAGE) {
        block.skip(fields);
        continue;
      }
      times.append(ticks.toNanos(cursor.readLong()));
      cursor.readText();
      names.append(cursor.text(), cursor.textBegin(), cursor.textLength());
      cursor.readText();
      formats.appendIndex(formats.intern(cursor.text(), cursor.textBegin(), cursor.textLength()));
      cursor.readBytes();
      sizes.append(cursor.bytesLength());
      contents.append(cursor.buffer(), cursor.bytesBegin(), cursor.bytesLength());
    }
    new BlockRuns(block, out, times.size() - before).origin();
    out.widenBy(times, before);
  }
}
