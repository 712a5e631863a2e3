package micromegas.lakehouse.parquet;

/// Definition levels of optional columns whose rows all have a value.
final class Levels {
  private Levels() {}

  /// Writes the levels at the begin of a page.
  ///
  /// @return their bytes; 0 for a required column
  static int present(ParquetColumn column, int rows, ByteSink page) {
    if (!column.nullable()) {
      return 0;
    }
    int begin = page.size();
    HybridEncoder.run(1, rows, 1, page);
    return page.size() - begin;
  }
}
