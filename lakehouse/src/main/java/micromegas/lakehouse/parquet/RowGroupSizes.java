package micromegas.lakehouse.parquet;

import java.util.ArrayList;
import java.util.List;
import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.BytesListColumn;
import micromegas.lakehouse.columns.Column;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.columns.DoubleColumn;
import micromegas.lakehouse.columns.IntColumn;
import micromegas.lakehouse.columns.LongColumn;

/// Where row groups must end so that they stay within [ParquetOptions#rowGroupBytes]: the bytes of
/// a row group are those of its numbers and byte strings before compression, where a dictionary
/// column counts as what [BytesChunks] makes of it at most. Not thread-safe; make one per batch.
public final class RowGroupSizes {
  /// How much larger a column may become by being written without its dictionary.
  static final long MOST_UNFOLDING = 4;

  private final List<BytesColumn> texts = new ArrayList<>();
  private final List<BytesListColumn> lists = new ArrayList<>();
  private final List<Dictionary> dictionaries = new ArrayList<>();
  private final long limit;

  /// Bytes per row that do not depend on its values.
  private long fixed;

  /// Which values of a dictionary a row group uses.
  private static final class Dictionary {
    final DictionaryColumn column;
    int[] usedBy = new int[0];
    int group;
    long distinct;
    long unfolded;

    Dictionary(DictionaryColumn column) {
      this.column = column;
    }

    void begin() {
      if (usedBy.length == 0) {
        usedBy = new int[column.dictionary().size()];
      }
      group++;
      distinct = 0;
      unfolded = 0;
    }

    void add(int row) {
      int index = column.indices()[row];
      long length = (long) column.dictionary().end(index) - column.dictionary().begin(index);
      unfolded += length;
      if (usedBy[index] != group) {
        usedBy[index] = group;
        distinct += length + Integer.BYTES;
      }
    }

    long bytes() {
      return Math.min(unfolded, MOST_UNFOLDING * distinct);
    }
  }

  /// @param batch must not change any more
  public RowGroupSizes(ColumnBatch batch, ParquetOptions options) {
    this.limit = options.rowGroupBytes();
    for (int i = 0; i < batch.schema().getFields().size(); i++) {
      add(batch.column(i));
    }
  }

  private void add(Column column) {
    switch (column) {
      case LongColumn c -> fixed += Long.BYTES;
      case DoubleColumn c -> fixed += Double.BYTES;
      case IntColumn c -> fixed += Integer.BYTES;
      case BytesColumn c -> {
        fixed += Integer.BYTES;
        texts.add(c);
      }
      case BytesListColumn c -> {
        fixed += Integer.BYTES;
        lists.add(c);
      }
      case DictionaryColumn c -> {
        fixed += Integer.BYTES;
        dictionaries.add(new Dictionary(c));
      }
    }
  }

  /// The row behind the last one of the row group that begins with `from`.
  ///
  /// @param to the row behind the last one it may have
  /// @return more than `from`, even when its row alone exceeds the limit
  public int end(int from, int to) {
    if (most(from, to) <= limit) {
      return to;
    }
    dictionaries.forEach(Dictionary::begin);
    long plain = 0;
    for (int row = from; row < to; row++) {
      plain += fixed + plain(row);
      long bytes = plain;
      for (Dictionary dictionary : dictionaries) {
        dictionary.add(row);
        bytes += dictionary.bytes();
      }
      if (bytes > limit) {
        return Math.max(from + 1, row);
      }
    }
    return to;
  }

  /// A bound that needs no look at single rows.
  private long most(int from, int to) {
    long bytes = fixed * (to - from);
    for (BytesColumn text : texts) {
      bytes += (long) text.end(to - 1) - text.begin(from);
    }
    for (BytesListColumn list : lists) {
      bytes += list.bytes();
    }
    for (Dictionary dictionary : dictionaries) {
      BytesColumn values = dictionary.column.dictionary();
      bytes += MOST_UNFOLDING * (values.bytes() + (long) values.size() * Integer.BYTES);
    }
    return bytes;
  }

  private long plain(int row) {
    long bytes = 0;
    for (BytesColumn text : texts) {
      bytes += text.end(row) - text.begin(row);
    }
    for (BytesListColumn list : lists) {
      bytes += list.bytes(row);
    }
    return bytes;
  }
}
