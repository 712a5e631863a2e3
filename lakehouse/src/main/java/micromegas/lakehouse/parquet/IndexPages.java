package micromegas.lakehouse.parquet;

/// Data pages of dictionary indices.
final class IndexPages {
  private IndexPages() {}

  /// Writes `indices[0..rows)` behind a dictionary of `distinct` values.
  static void write(
      ParquetColumn column,
      int[] indices,
      int rows,
      int distinct,
      int pageRows,
      ChunkWriter pages) {
    int width = HybridEncoder.width(distinct - 1);
    for (int begin = 0; begin < rows; begin += pageRows) {
      int end = Math.min(rows, begin + pageRows);
      ByteSink page = pages.page();
      int levels = Levels.present(column, end - begin, page);
      page.put(width);
      if (width == 0) {
        HybridEncoder.run(0, end - begin, 0, page);
      } else {
        HybridEncoder.encode(indices, begin, end, width, page);
      }
      pages.endPage(end - begin, end - begin, 0, 0, levels);
    }
  }
}
