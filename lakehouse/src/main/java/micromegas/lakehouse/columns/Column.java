package micromegas.lakehouse.columns;

/// A growable column of one batch. Not thread-safe. Rows have a value unless the type says
/// otherwise.
public sealed interface Column
    permits LongColumn, IntColumn, DoubleColumn, BytesColumn, DictionaryColumn, BytesListColumn {
  int size();

  /// Drops all rows from `size` on.
  void truncate(int size);

  /// Drops everything and keeps the memory for the next rows, unless it is large.
  void clear();
}
