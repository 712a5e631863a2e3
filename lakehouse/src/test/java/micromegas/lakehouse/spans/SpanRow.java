package micromegas.lakehouse.spans;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;

/// A row of `thread_spans`, for comparisons.
record SpanRow(
    long id,
    long parent,
    int depth,
    int hash,
    long begin,
    long end,
    long duration,
    String name,
    String target,
    String filename,
    int line) {

  static List<SpanRow> of(ColumnBatch batch) {
    List<SpanRow> rows = new ArrayList<>();
    for (int row = 0; row < batch.rows(); row++) {
      rows.add(
          new SpanRow(
              batch.longs(ThreadSpanColumns.ID).get(row),
              batch.longs(ThreadSpanColumns.PARENT).get(row),
              batch.ints(ThreadSpanColumns.DEPTH).get(row),
              batch.ints(ThreadSpanColumns.HASH).get(row),
              batch.longs(ThreadSpanColumns.BEGIN).get(row),
              batch.longs(ThreadSpanColumns.END).get(row),
              batch.longs(ThreadSpanColumns.DURATION).get(row),
              text(batch.dictionary(ThreadSpanColumns.NAME), row),
              text(batch.dictionary(ThreadSpanColumns.TARGET), row),
              text(batch.dictionary(ThreadSpanColumns.FILENAME), row),
              batch.ints(ThreadSpanColumns.LINE).get(row)));
    }
    return rows;
  }

  private static String text(DictionaryColumn column, int row) {
    int value = column.indices()[row];
    int begin = column.dictionary().begin(value);
    return new String(
        column.dictionary().data(),
        begin,
        column.dictionary().end(value) - begin,
        StandardCharsets.UTF_8);
  }
}
