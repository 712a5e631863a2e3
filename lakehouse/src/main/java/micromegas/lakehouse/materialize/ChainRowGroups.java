package micromegas.lakehouse.materialize;

import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import micromegas.common.TimeRange;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.parquet.EncodedRowGroup;
import micromegas.lakehouse.parquet.ParquetAppender;
import micromegas.lakehouse.parquet.ParquetOptions;
import org.apache.arrow.vector.types.pojo.Schema;

/// Rows in file order to a Parquet file: while a batch is filled, earlier ones are encoded on the
/// workers. A few batches take turns, so memory does not grow with the rows. Not thread-safe.
final class ChainRowGroups implements AutoCloseable {
  private final PipelineResources resources;
  private final Schema schema;
  private final Optional<String> sortColumn;
  private final ParquetAppender appender;
  private final Executor job;
  private final ParquetOptions parquet;
  private final Deque<ColumnBatch> idle = new ArrayDeque<>();
  private final Deque<Encoding> encoding = new ArrayDeque<>();
  private ColumnBatch batch;
  private long min = Long.MAX_VALUE;
  private long max = Long.MIN_VALUE;
  private long lastKey = Long.MIN_VALUE;

  private record Encoding(ColumnBatch batch, List<CompletableFuture<EncodedRowGroup>> groups) {}

  ChainRowGroups(
      PipelineResources resources,
      Schema schema,
      Optional<String> sortColumn,
      WritableByteChannel channel) {
    this.resources = resources;
    this.schema = schema;
    this.sortColumn = sortColumn;
    this.appender = new ParquetAppender(channel, schema);
    this.job = resources.job();
    this.parquet = resources.settings().parquet();
    this.batch = new ColumnBatch(schema);
  }

  /// Where the next rows go.
  ColumnBatch batch() {
    return batch;
  }

  /// Starts to encode the batch when it makes a row group.
  void flushFull() {
    if (batch.rows() >= parquet.rowGroupRows() || batch.bytes() >= parquet.rowGroupBytes()) {
      flush();
    }
  }

  /// Writes what is left and ends the file.
  ///
  /// @return [PartitionFile#EMPTY] when there were no rows
  PartitionFile finish(Path target) {
    flush();
    while (!encoding.isEmpty()) {
      appendOldest();
    }
    if (appender.rows() == 0) {
      return PartitionFile.EMPTY;
    }
    appender.finish();
    return new PartitionFile(
        Optional.of(target),
        appender.rows(),
        Optional.of(new TimeRange(min, max)),
        Optional.empty(),
        sortColumn.isPresent() ? OptionalLong.of(lastKey) : OptionalLong.empty());
  }

  private void flush() {
    min = Math.min(min, batch.minEventNanos());
    max = Math.max(max, batch.maxEventNanos());
    if (batch.rows() == 0) {
      batch.clear();
      return;
    }
    sortColumn.ifPresent(this::checkOrder);
    ColumnBatch full = batch;
    List<CompletableFuture<EncodedRowGroup>> groups = new ArrayList<>();
    for (RowGroupRange range : RowGroupRange.split(full, parquet)) {
      groups.add(CompletableFuture.supplyAsync(() -> resources.encode(schema, full, range), job));
    }
    encoding.addLast(new Encoding(full, groups));
    if (encoding.size() > resources.settings().workers()) {
      appendOldest();
    }
    batch = idle.isEmpty() ? new ColumnBatch(schema) : idle.removeFirst();
  }

  private void appendOldest() {
    Encoding oldest = encoding.getFirst();
    for (CompletableFuture<EncodedRowGroup> group : oldest.groups()) {
      appender.append(Jobs.join(group));
    }
    encoding.removeFirst();
    oldest.batch().clear();
    idle.addLast(oldest.batch());
  }

  /// Readers trust the order, so a mistake here would make them answer wrongly.
  private void checkOrder(String column) {
    long[] keys = batch.longs(schema.getFields().indexOf(schema.findField(column))).values();
    for (int row = 0; row < batch.rows(); row++) {
      if (keys[row] < lastKey) {
        throw new IllegalStateException(column + " descends at row " + (appender.rows() + row));
      }
      lastKey = keys[row];
    }
  }

  /// Waits for what is still running after an error.
  @Override
  public void close() {
    for (Encoding running : encoding) {
      running.groups().forEach(group -> group.handle((result, error) -> true).join());
    }
  }
}
