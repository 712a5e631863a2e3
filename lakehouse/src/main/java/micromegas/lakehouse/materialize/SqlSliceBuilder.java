package micromegas.lakehouse.materialize;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import micromegas.common.BadRequestException;
import micromegas.common.TimeRange;
import micromegas.common.UnavailableException;
import micromegas.lake.partition.Partition;
import micromegas.lake.partition.RetireRule;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewFactory;
import micromegas.lakehouse.view.ViewSource;
import micromegas.query.ExportRequest;
import micromegas.query.ExportResult;
import micromegas.query.QueryEngine;
import micromegas.query.QueryLimits;
import micromegas.query.QueryRequest;
import micromegas.query.QueryResult;
import micromegas.query.TableCatalog;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ValueVector;

/// Builds slices of SQL views: runs the extract over the other views, which bring themselves up to
/// date, and stores its rows. An extract that fails stores nothing. Thread-safe.
public final class SqlSliceBuilder implements SliceBuilder {
  private final QueryEngine engine;
  private final Supplier<TableCatalog> catalog;
  private final Set<String> blockLevel;
  private final SourceTotals totals;
  private final UndecodableObjects undecodable;
  private final PartitionWriter writer;
  private final Path scratch;
  private final QueryLimits countLimits;

  /// @param catalog tables over the fresh views; a supplier, since the views that it shows may need
  ///   this builder to bring themselves up to date
  /// @param scratch folder for files between extract and upload; made when it is missing
  /// @param countLimits for the count queries that views of users declare
  public SqlSliceBuilder(
      QueryEngine engine,
      Supplier<TableCatalog> catalog,
      ViewFactory views,
      SourceTotals totals,
      UndecodableObjects undecodable,
      PartitionWriter writer,
      Path scratch,
      QueryLimits countLimits) {
    this.engine = engine;
    this.catalog = catalog;
    this.blockLevel =
        views.globalViews().stream()
            .filter(view -> !(view.source() instanceof ViewSource.Sql))
            .map(view -> view.id().viewSet())
            .collect(Collectors.toUnmodifiableSet());
    this.totals = totals;
    this.undecodable = undecodable;
    this.writer = writer;
    this.scratch = scratch;
    this.countLimits = countLimits;
  }

  @Override
  public long count(View view, InsertSlice slice) {
    return switch (sql(view).count()) {
      case ViewSource.SourceCount.BlockRows r -> totals.blockRows(slice);
      case ViewSource.SourceCount.TaggedObjects t -> totals.taggedObjects(slice, t.tag());
      case ViewSource.SourceCount.Query q -> runCount(view, q.sql(), slice);
    };
  }

  @Override
  public Partition build(View view, InsertSlice slice) {
    ViewSource.Sql sql = sql(view);
    // Counted before the extract reads: what arrives in between makes the count too small, so that
    // the next check rebuilds the slice.
    long total = count(view, slice);
    Path target = scratch.resolve("extract-" + UUID.randomUUID() + ".parquet");
    try {
      Files.createDirectories(scratch);
      ExportResult result =
          engine.export(
              new ExportRequest(
                  ExportSql.shape(
                      ExportSql.forSlice(sql.extractSql(), slice),
                      view.schema().arrow(),
                      sql.sortOrder()),
                  sliced(view, slice),
                  target,
                  Optional.of(view.schema().eventTime())));
      Optional<List<String>> order =
          sql.sortOrder().isEmpty() ? Optional.empty() : Optional.of(sql.sortOrder());
      PartitionFile file =
          result.rows() == 0
              ? new PartitionFile(Optional.empty(), 0, Optional.empty(), order)
              : new PartitionFile(Optional.of(target), result.rows(), result.eventTime(), order);
      // Blocks that the views below could not decode are missing in these rows.
      long missing = Math.min(total, undecodable.of(view, slice).objects());
      return writer.publish(
          view, slice.begin(), slice.end(), file, total - missing, RetireRule.CONTAINMENT);
    } catch (IOException e) {
      throw new UnavailableException("cannot write to " + scratch + ": " + e.getMessage(), e);
    } finally {
      ScratchFiles.delete(target);
    }
  }

  private long runCount(View view, String countSql, InsertSlice slice) {
    try (QueryResult result =
        engine.query(
            new QueryRequest(
                UUID.randomUUID(),
                ExportSql.forSlice(countSql, slice),
                TimeRange.ALL,
                OptionalLong.empty(),
                sliced(view, slice),
                countLimits))) {
      while (result.next()) {
        if (result.root().getRowCount() > 0) {
          FieldVector vector = result.root().getVector(0);
          return asLong(view, vector);
        }
      }
      return 0;
    }
  }

  private static long asLong(View view, ValueVector vector) {
    Object value = vector.isNull(0) ? Long.valueOf(0) : vector.getObject(0);
    if (value instanceof Number number) {
      return number.longValue();
    }
    throw new BadRequestException(
        "the count query of %s must return a number, it returned %s"
            .formatted(view.id(), vector.getField()));
  }

  private SlicedCatalog sliced(View view, InsertSlice slice) {
    return new SlicedCatalog(catalog.get(), slice, blockLevel, view.id().viewSet());
  }

  private static ViewSource.Sql sql(View view) {
    if (view.source() instanceof ViewSource.Sql sql) {
      return sql;
    }
    throw new BadRequestException(view.id() + " is not defined by SQL");
  }
}
