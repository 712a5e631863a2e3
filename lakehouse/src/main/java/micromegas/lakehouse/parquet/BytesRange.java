package micromegas.lakehouse.parquet;

import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.DictionaryColumn;

/// Byte strings addressed by row, wherever they lie: the rows of a plain column, or the dictionary
/// values that rows point to.
sealed interface BytesRange {
  byte[] data();

  int begin(int row);

  int length(int row);

  /// Rows of a plain column, which lie one after the other.
  record Rows(BytesColumn column) implements BytesRange {
    @Override
    public byte[] data() {
      return column.data();
    }

    @Override
    public int begin(int row) {
      return column.begin(row);
    }

    @Override
    public int length(int row) {
      return column.end(row) - column.begin(row);
    }
  }

  /// Rows of a dictionary column that is written without its dictionary.
  record Looked(DictionaryColumn column) implements BytesRange {
    @Override
    public byte[] data() {
      return column.dictionary().data();
    }

    @Override
    public int begin(int row) {
      return column.dictionary().begin(column.indices()[row]);
    }

    @Override
    public int length(int row) {
      int index = column.indices()[row];
      return column.dictionary().end(index) - column.dictionary().begin(index);
    }
  }
}
