package micromegas.lakehouse.keys;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import micromegas.common.TimeRange;
import micromegas.common.UnavailableException;
import micromegas.lake.partition.Partition;
import micromegas.lakehouse.materialize.ExportSql;
import micromegas.lakehouse.materialize.PartitionFile;
import micromegas.lakehouse.materialize.RowGroupRows;
import micromegas.lakehouse.materialize.SourceCatalog;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewSource;
import micromegas.lakehouse.view.ViewSource.KeyIndex;
import micromegas.query.ExportRequest;
import micromegas.query.ExportResult;
import micromegas.query.QueryEngine;
import micromegas.query.QueryLimits;
import micromegas.query.QueryRequest;
import micromegas.query.QueryResult;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.VarBinaryVector;

/// Makes the files of views with a key index searchable, and searches them. Thread-safe.
public final class IndexedFiles {
  private final QueryEngine engine;
  private final KeyFilters filters;
  private final QueryLimits limits;

  /// @param limits of the query that lists the keys of a file
  public IndexedFiles(QueryEngine engine, KeyFilters filters, QueryLimits limits) {
    this.engine = engine;
    this.filters = filters;
    this.limits = limits;
  }

  /// The same rows, sorted by the view's key; the file itself for views without a key index.
  ///
  /// @param target path that does not exist yet, for the sorted file
  public PartitionFile sorted(View view, PartitionFile file, Path target) {
    Optional<KeyIndex> index = index(view);
    if (index.isEmpty() || file.path().isEmpty()) {
      return file;
    }
    List<String> order = index.get().sortOrder();
    ExportResult result =
        engine.export(
            new ExportRequest(
                ExportSql.shape(
                    "SELECT * FROM " + SourceCatalog.TABLE, view.schema().arrow(), order),
                new SourceCatalog(view.schema(), List.of(file.path().get())),
                target,
                Optional.of(view.schema().eventTime()),
                RowGroupRows.fitting(size(file.path().get()), file.rows())));
    return new PartitionFile(
        Optional.of(target), result.rows(), result.eventTime(), Optional.of(order));
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UnavailableException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /// Stores the filter of a file that is about to become a partition.
  ///
  /// @param file sorted by the key
  public void describe(View view, Path file, String objectKey) {
    index(view).ifPresent(index -> filters.put(objectKey, filter(view, index.key(), file)));
  }

  /// Those of `partitions` that may hold rows with the wanted keys.
  ///
  /// @param keys by column, as in [micromegas.query.ScanRequest#keys]
  public List<Partition> mayHold(
      View view, List<Partition> partitions, Map<String, Set<ByteBuffer>> keys) {
    Collection<ByteBuffer> wanted =
        index(view).map(index -> keys.getOrDefault(index.key(), Set.of())).orElse(Set.of());
    if (wanted.isEmpty() || partitions.isEmpty()) {
      return partitions;
    }
    List<String> paths = new ArrayList<>();
    partitions.forEach(partition -> partition.filePath().ifPresent(paths::add));
    Set<String> without = filters.without(paths, wanted);
    return partitions.stream()
        .filter(partition -> partition.filePath().filter(without::contains).isEmpty())
        .toList();
  }

  private byte[] filter(View view, String key, Path file) {
    Hashes hashes = new Hashes();
    try (QueryResult result =
        engine.query(
            new QueryRequest(
                UUID.randomUUID(),
                "SELECT " + ExportSql.quote(key) + " FROM " + SourceCatalog.TABLE,
                TimeRange.ALL,
                OptionalLong.empty(),
                new SourceCatalog(view.schema(), List.of(file)),
                limits))) {
      while (result.next()) {
        FieldVector vector = result.root().getVector(0);
        for (int row = 0; row < result.root().getRowCount(); row++) {
          hashes.add(
              vector instanceof FixedSizeBinaryVector fixed
                  ? fixed.get(row)
                  : ((VarBinaryVector) vector).get(row));
        }
      }
    }
    return KeyFilter.of(hashes.values, hashes.size, hashes.size);
  }

  private static Optional<KeyIndex> index(View view) {
    return view.id().isGlobal() && view.source() instanceof ViewSource.Blocks blocks
        ? blocks.index()
        : Optional.empty();
  }

  /// Hashes of the keys of a sorted file, runs of equal ones as one.
  private static final class Hashes {
    private long[] values = new long[1024];
    private int size;

    void add(byte[] key) {
      long hash = KeyFilter.hash(key);
      if (size > 0 && values[size - 1] == hash) {
        return;
      }
      if (size == values.length) {
        values = Arrays.copyOf(values, 2 * size);
      }
      values[size++] = hash;
    }
  }
}
