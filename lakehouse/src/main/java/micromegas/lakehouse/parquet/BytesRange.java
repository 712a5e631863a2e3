package micromegas.lakehouse.parquet;

import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.DictionaryColumn;

/// Byte strings addressed by position, wherever they lie: the values of a plain column, or the
/// dictionary values that rows point to.
sealed interface BytesRange {
  byte[] data();

  int begin(int position);

  int length(int position);

  /// The rows of a plain column that have a value.
  record Present(BytesColumn column, Presence presence, int from) implements BytesRange {
    @Override
    public byte[] data() {
      return column.data();
    }

    @Override
    public int begin(int value) {
      return column.begin(from + presence.row(value));
    }

    @Override
    public int length(int value) {
      int row = from + presence.row(value);
      return column.end(row) - column.begin(row);
    }
  }

  /// Rows of a dictionary column, from one on, that is written without its dictionary.
  record Looked(DictionaryColumn column, int from) implements BytesRange {
    @Override
    public byte[] data() {
      return column.dictionary().data();
    }

    @Override
    public int begin(int value) {
      return column.dictionary().begin(column.indices()[from + value]);
    }

    @Override
    public int length(int value) {
      int index = column.indices()[from + value];
      return column.dictionary().end(index) - column.dictionary().begin(index);
    }
  }
}
