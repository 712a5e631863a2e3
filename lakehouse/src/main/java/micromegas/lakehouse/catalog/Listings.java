package micromegas.lakehouse.catalog;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import micromegas.lake.partition.Partition;
import micromegas.lake.partition.PartitionStore;
import micromegas.lakehouse.chains.ChainRepairs;
import micromegas.lakehouse.source.BlockError;
import micromegas.lakehouse.source.BlockErrors;
import micromegas.lakehouse.source.SpanRepairs;
import micromegas.lakehouse.view.ColumnType;
import micromegas.lakehouse.view.SchemaBuilder;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewFactory;
import micromegas.lakehouse.view.ViewMaker;
import micromegas.lakehouse.view.ViewSchema;
import micromegas.query.TableFunction;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// Table functions that list what the lake holds.
final class Listings {
  private static final Schema PARTITIONS =
      new SchemaBuilder()
          .required(ColumnType.TEXT, "view_set_name", "view_instance_id")
          .required(ColumnType.TIMESTAMP, "begin_insert_time", "end_insert_time")
          .nullable(ColumnType.TIMESTAMP, "min_event_time", "max_event_time")
          .required(ColumnType.TIMESTAMP, "updated")
          .nullable(ColumnType.TEXT, "file_path")
          .required(ColumnType.INT64, "file_size")
          .required(ColumnType.BINARY, "file_schema_hash", "source_data_hash")
          .required(ColumnType.INT64, "num_rows")
          .required(ColumnType.INT32, "partition_format_version")
          .nullable(ColumnType.TAGS, "sort_order")
          .nullable(ColumnType.TIMESTAMP, "max_sort_key_time")
          .build();

  private static final Schema VIEW_SETS =
      new SchemaBuilder()
          .required(ColumnType.TEXT, "view_set_name")
          .required(ColumnType.BINARY, "current_schema_hash")
          .required(ColumnType.TEXT, "schema")
          .required(ColumnType.BOOLEAN, "has_view_maker", "global_instance_available")
          .build();

  private static final Schema BLOCK_ERRORS =
      new SchemaBuilder()
          .required(ColumnType.TEXT, "view_set_name", "block_id", "process_id", "stream_id")
          .required(ColumnType.TIMESTAMP, "insert_time")
          .required(ColumnType.INT32, "nb_objects", "decoder_version")
          .required(ColumnType.TEXT, "error")
          .required(ColumnType.TIMESTAMP, "first_seen", "last_seen")
          .required(ColumnType.INT32, "attempts")
          .build();

  private static final Schema SPAN_REPAIRS =
      new SchemaBuilder()
          .required(ColumnType.TEXT, "view_set_name", "process_id", "stream_id")
          .required(ColumnType.TIMESTAMP, "begin", "end")
          .required(
              ColumnType.INT64,
              "crossing_ends",
              "cut_spans",
              "stray_ends",
              "moved_begins",
              "left_out")
          .required(ColumnType.TIMESTAMP, "recorded")
          .build();

  private Listings() {}

  /// `list_partitions()`: one row per partition.
  static TableFunction partitions(PartitionStore store) {
    return new Listing(
        "list_partitions",
        PARTITIONS,
        () -> {
          Iterator<Partition> rows = store.listAll().iterator();
          return mapped(rows, Listings::row);
        });
  }

  /// `list_view_sets()`: global views in their order, then the sets that have instances only.
  static TableFunction viewSets(ViewFactory views) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (View view : views.globalViews()) {
      String name = view.id().viewSet();
      rows.add(row(name, view.schema(), views.maker(name).isPresent(), true));
    }
    for (ViewMaker maker : views.makers()) {
      if (views.globalView(maker.viewSet()).isEmpty()) {
        rows.add(row(maker.viewSet(), maker.schema(), true, false));
      }
    }
    return new Listing("list_view_sets", VIEW_SETS, () -> rows.iterator());
  }

  /// `list_block_errors()`: one row per block and view set that could not decode it.
  static TableFunction blockErrors(BlockErrors errors) {
    return new Listing(
        "list_block_errors",
        BLOCK_ERRORS,
        () -> {
          Iterator<BlockError> rows = errors.listAll().iterator();
          return mapped(rows, Listings::row);
        });
  }

  /// `list_span_repairs()`: one row per chain of blocks and view set that had spans set right in
  /// it.
  static TableFunction spanRepairs(SpanRepairs repairs) {
    return new Listing(
        "list_span_repairs",
        SPAN_REPAIRS,
        () -> {
          Iterator<SpanRepairs.Listed> rows = repairs.listAll().iterator();
          return mapped(rows, Listings::row);
        });
  }

  private static @Nullable Object[] row(SpanRepairs.Listed chain) {
    ChainRepairs repairs = chain.repairs();
    return new @Nullable Object[] {
      chain.viewSet(),
      chain.processId().toString(),
      chain.streamId().toString(),
      chain.begin(),
      chain.end(),
      repairs.crossingEnds(),
      repairs.cutSpans(),
      repairs.strayEnds(),
      repairs.movedBegins(),
      repairs.leftOut(),
      chain.recorded()
    };
  }

  private static @Nullable Object[] row(Partition partition) {
    return new @Nullable Object[] {
      partition.viewSet(),
      partition.instanceId(),
      partition.beginInsertTime(),
      partition.endInsertTime(),
      orNull(partition.eventTime().map(Partition.EventBounds::min)),
      orNull(partition.eventTime().map(Partition.EventBounds::max)),
      partition.updated(),
      orNull(partition.filePath()),
      partition.fileSize(),
      partition.schemaHash(),
      partition.sourceHash(),
      partition.numRows(),
      partition.formatVersion(),
      orNull(partition.sortOrder()),
      orNull(partition.maxSortKeyTime())
    };
  }

  private static @Nullable Object[] row(
      String viewSet, ViewSchema schema, boolean hasMaker, boolean hasGlobal) {
    return new @Nullable Object[] {
      viewSet, schema.hash(), schema.arrow().toString(), hasMaker, hasGlobal
    };
  }

  private static @Nullable Object[] row(BlockError error) {
    Instant insertTime = error.insertTime();
    return new @Nullable Object[] {
      error.viewSet(),
      error.blockId().toString(),
      error.processId().toString(),
      error.streamId().toString(),
      insertTime,
      error.nbObjects(),
      error.decoderVersion(),
      error.error(),
      error.firstSeen(),
      error.lastSeen(),
      error.attempts()
    };
  }

  private static <T> @Nullable T orNull(Optional<T> value) {
    return value.orElse(null);
  }

  private interface RowOf<T> {
    @Nullable Object[] of(T value);
  }

  private static <T> Iterator<@Nullable Object[]> mapped(Iterator<T> values, RowOf<T> row) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return values.hasNext();
      }

      @Override
      public @Nullable Object[] next() {
        return row.of(values.next());
      }
    };
  }
}
