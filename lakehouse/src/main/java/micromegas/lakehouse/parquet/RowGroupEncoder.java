package micromegas.lakehouse.parquet;

import java.util.ArrayList;
import java.util.List;
import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.BytesListColumn;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.columns.DoubleColumn;
import micromegas.lakehouse.columns.IntColumn;
import micromegas.lakehouse.columns.LongColumn;
import org.apache.arrow.vector.types.pojo.Schema;

/// Turns rows of a batch into the bytes of a row group. Keeps buffers (a few MiB, 32 MiB each at
/// most) from one row group to the next, so make one per thread and close it. Not thread-safe;
/// several encoders may read one batch at the same time.
public final class RowGroupEncoder implements AutoCloseable {
  private final List<ParquetColumn> columns;
  private final ParquetOptions options;
  private final ByteSink group = new ByteSink(1 << 20);
  private final ChunkWriter pages;
  private final NumberChunks numbers;
  private final BytesChunks bytes;
  private final ListChunks lists;

  /// @throws IllegalArgumentException when a field's type is not one that views use
  public RowGroupEncoder(Schema schema, ParquetOptions options) {
    this.columns = ParquetColumn.of(schema);
    this.options = options;
    this.pages = new ChunkWriter(options.compressionLevel());
    this.numbers = new NumberChunks(pages, options);
    this.bytes = new BytesChunks(pages, options);
    this.lists = new ListChunks(bytes);
  }

  /// Encodes the rows `from` (inclusive) to `to` (exclusive), at least one and at most as many as a
  /// row group may have.
  ///
  /// @throws IllegalArgumentException for another number of rows
  /// @throws micromegas.common.CorruptDataException when a value does not fit its field
  public EncodedRowGroup encode(ColumnBatch batch, int from, int to) {
    if (from < 0 || to <= from || to > batch.rows() || to - from > options.rowGroupRows()) {
      throw new IllegalArgumentException(
          "cannot make a row group of rows [" + from + ", " + to + ") of " + batch.rows());
    }
    group.clear();
    List<EncodedChunk> chunks = new ArrayList<>(columns.size());
    for (int i = 0; i < columns.size(); i++) {
      ParquetColumn column = columns.get(i);
      pages.begin();
      chunks.add(
          switch (batch.column(i)) {
            case LongColumn c -> numbers.longs(column, c.values(), from, to, group);
            case IntColumn c -> numbers.ints(column, c.values(), from, to, group);
            case DoubleColumn c -> numbers.doubles(column, c, from, to, group);
            case BytesColumn c -> bytes.plain(column, c, from, to, group);
            case DictionaryColumn c -> bytes.dictionary(column, c, from, to, group);
            case BytesListColumn c -> lists.encode(column, c, from, to, group);
          });
    }
    EncodedRowGroup encoded = new EncodedRowGroup(group.toByteArray(), to - from, chunks);
    group.clear();
    pages.begin();
    return encoded;
  }

  @Override
  public void close() {
    pages.close();
  }
}
