package micromegas.lakehouse.maintenance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import micromegas.common.BadRequestException;
import micromegas.common.ConflictException;
import micromegas.common.UnavailableException;
import micromegas.lake.DataLake;
import micromegas.lake.objects.LocalFiles;
import micromegas.lake.partition.Partition;
import micromegas.lake.partition.RetireRule;
import micromegas.lakehouse.materialize.ExportSql;
import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.lakehouse.materialize.PartitionFile;
import micromegas.lakehouse.materialize.PartitionWriter;
import micromegas.lakehouse.materialize.RowGroupRows;
import micromegas.lakehouse.materialize.ScratchFiles;
import micromegas.lakehouse.materialize.SourceCatalog;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewSource;
import micromegas.query.ExportRequest;
import micromegas.query.ExportResult;
import micromegas.query.QueryEngine;

/// Merges partitions through the query engine (`lakehouse.md` 8.5): concatenation in order of
/// insert time for views of blocks (sorted by key for those with a key index), the view's merge
/// query for SQL views. Streams: memory does not grow with the inputs. Thread-safe.
public final class PartitionMerger implements SliceMerger {
  private static final List<String> BLOCK_ROWS_ORDER = List.of("insert_time");
  private static final Comparator<Partition> IN_ORDER =
      Comparator.comparing(Partition::beginInsertTime)
          .thenComparing(partition -> partition.filePath().orElse(""));

  private final DataLake lake;
  private final QueryEngine engine;
  private final PartitionWriter writer;
  private final Path scratch;

  /// @param scratch folder for files between export and upload; made when it is missing
  public PartitionMerger(DataLake lake, QueryEngine engine, PartitionWriter writer, Path scratch) {
    this.lake = lake;
    this.engine = engine;
    this.writer = writer;
    this.scratch = scratch;
  }

  @Override
  public Partition merge(View view, InsertSlice slice, List<Partition> candidates) {
    List<Partition> inputs = candidates.stream().sorted(IN_ORDER).toList();
    long sourceCount = 0;
    for (Partition input : inputs) {
      if (!Arrays.equals(input.schemaHash(), view.schema().hash())) {
        throw new ConflictException(
            "cannot merge %s: %s has another schema hash".formatted(view.id(), name(input)));
      }
      if (!slice.contains(input.beginInsertTime(), input.endInsertTime())) {
        throw new ConflictException(
            "cannot merge %s: %s is not inside %s".formatted(view.id(), name(input), slice));
      }
      sourceCount += input.sourceCount();
    }
    Path target = scratch.resolve("merge-" + UUID.randomUUID() + ".parquet");
    try {
      Files.createDirectories(scratch);
      PartitionFile file = mergeFiles(view, inputs, target);
      return writer.publish(
          view, slice.begin(), slice.end(), file, sourceCount, RetireRule.Inputs.of(inputs));
    } catch (IOException e) {
      throw new UnavailableException("cannot write to " + scratch + ": " + e.getMessage(), e);
    } finally {
      ScratchFiles.delete(target);
    }
  }

  private PartitionFile mergeFiles(View view, List<Partition> inputs, Path target) {
    Optional<List<String>> order = sortOrder(view, inputs);
    List<LocalFiles.Pinned> pinned = new ArrayList<>();
    try {
      for (Partition input : inputs) {
        input.filePath().ifPresent(key -> pinned.add(lake.files().fetch(key, input.fileSize())));
      }
      if (pinned.isEmpty()) {
        return new PartitionFile(Optional.empty(), 0, Optional.empty(), order);
      }
      List<Path> files = pinned.stream().map(LocalFiles.Pinned::path).toList();
      ExportResult result =
          engine.export(
              new ExportRequest(
                  mergeSql(view, order),
                  new SourceCatalog(view.schema(), files),
                  target,
                  Optional.of(view.schema().eventTime()),
                  RowGroupRows.fitting(inputs)));
      return result.rows() == 0
          ? new PartitionFile(Optional.empty(), 0, Optional.empty(), order)
          : new PartitionFile(Optional.of(target), result.rows(), result.eventTime(), order);
    } finally {
      pinned.forEach(LocalFiles.Pinned::close);
    }
  }

  private static String mergeSql(View view, Optional<List<String>> order) {
    String sql =
        switch (view.source()) {
          case ViewSource.Blocks b -> "SELECT * FROM " + SourceCatalog.TABLE;
          case ViewSource.Chains c ->
              throw new BadRequestException(view.id() + " has no slices: it is made just in time");
          case ViewSource.BlockRows r -> "SELECT * FROM " + SourceCatalog.TABLE;
          case ViewSource.Sql s -> s.mergeSql().replace("{source}", SourceCatalog.TABLE);
        };
    return ExportSql.shape(sql, view.schema().arrow(), order.orElse(List.of()));
  }

  /// What the merged file guarantees. Rows of `blocks` are sorted only when the inputs were, as the
  /// reference does; SQL views always, since we sort them here.
  private static Optional<List<String>> sortOrder(View view, List<Partition> inputs) {
    return switch (view.source()) {
      case ViewSource.Blocks b -> b.index().map(ViewSource.KeyIndex::sortOrder);
      case ViewSource.Chains c -> Optional.empty();
      case ViewSource.BlockRows r ->
          inputs.stream()
                  .filter(input -> input.filePath().isPresent())
                  .allMatch(input -> input.sortOrder().equals(Optional.of(BLOCK_ROWS_ORDER)))
              ? Optional.of(BLOCK_ROWS_ORDER)
              : Optional.empty();
      case ViewSource.Sql s ->
          s.sortOrder().isEmpty() ? Optional.empty() : Optional.of(s.sortOrder());
    };
  }

  private static String name(Partition partition) {
    return partition
        .filePath()
        .orElse(
            "empty partition [%s, %s]"
                .formatted(partition.beginInsertTime(), partition.endInsertTime()));
  }
}
