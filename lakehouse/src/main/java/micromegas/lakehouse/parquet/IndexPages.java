package micromegas.lakehouse.parquet;

/// Data pages of dictionary indices.
final class IndexPages {
  private IndexPages() {}

  /// Writes `indices`, one per value, behind a dictionary of `distinct` values.
  static void write(
      ParquetColumn column,
      Presence presence,
      int[] indices,
      int distinct,
      int pageRows,
      ChunkWriter pages) {
    int width = HybridEncoder.width(Math.max(0, distinct - 1));
    int value = 0;
    for (int begin = 0; begin < presence.rows(); begin += pageRows) {
      int end = Math.min(presence.rows(), begin + pageRows);
      int values = presence.values(begin, end);
      ByteSink page = pages.page();
      int levels = presence.write(column, begin, end, page);
      page.put(width);
      if (width == 0 && values > 0) {
        HybridEncoder.run(0, values, 0, page);
      } else {
        HybridEncoder.encode(indices, value, value + values, width, page);
      }
      pages.endPage(end - begin, end - begin, end - begin - values, 0, levels);
      value += values;
    }
  }
}
