package micromegas.lakehouse.parquet;

/// Which rows of a column chunk have a value. Rows and values are counted from the chunk's first
/// one. Reused from chunk to chunk; not thread-safe.
final class Presence {
  private boolean complete = true;
  private int rows;
  private int values;
  private int[] levels = {};
  private int[] positions = {};

  /// Begins a chunk in which every row has a value.
  void complete(int count) {
    complete = true;
    rows = count;
    values = count;
  }

  /// Begins a chunk of up to `capacity` rows, described by [#add].
  void begin(int capacity) {
    complete = false;
    rows = 0;
    values = 0;
    if (levels.length < capacity) {
      levels = new int[capacity];
      positions = new int[capacity];
    }
  }

  void add(boolean present) {
    levels[rows] = present ? 1 : 0;
    if (present) {
      positions[values++] = rows;
    }
    rows++;
  }

  int rows() {
    return rows;
  }

  int values() {
    return values;
  }

  int nulls() {
    return rows - values;
  }

  /// The row of a value.
  int row(int value) {
    return complete ? value : positions[value];
  }

  boolean isPresent(int row) {
    return complete || levels[row] != 0;
  }

  /// Values among the rows `begin` to `end`.
  int values(int begin, int end) {
    if (complete) {
      return end - begin;
    }
    int count = 0;
    for (int row = begin; row < end; row++) {
      count += levels[row];
    }
    return count;
  }

  /// Writes the definition levels of some rows at the begin of a page.
  ///
  /// @return their bytes; 0 for a required column
  int write(ParquetColumn column, int begin, int end, ByteSink page) {
    if (!column.nullable()) {
      return 0;
    }
    int before = page.size();
    if (complete) {
      HybridEncoder.run(1, end - begin, 1, page);
    } else {
      HybridEncoder.encode(levels, begin, end, 1, page);
    }
    return page.size() - before;
  }
}
