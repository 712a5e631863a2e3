package micromegas.lakehouse.catalog;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import micromegas.lake.partition.Partition;
import micromegas.lake.partition.PartitionStore;
import micromegas.lakehouse.source.BlockError;
import micromegas.lakehouse.source.BlockErrors;
import micromegas.lakehouse.view.ColumnType;
import micromegas.lakehouse.view.SchemaBuilder;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewFactory;
import micromegas.lakehouse.view.ViewMaker;
import micromegas.lakehouse.view.ViewSchema;
import micromegas.query.TableFunction;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// The table functions that list what the lakehouse has.
public final class Listings {
  private static final Schema VIEW_SETS =
      new SchemaBuilder()
          .required(ColumnType.TEXT, "view_set_name")
          .required(ColumnType.BINARY, "current_schema_hash")
          .required(ColumnType.TEXT, "schema")
          .required(ColumnType.BOOLEAN, "has_view_maker", "global_instance_available")
          .build();
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
  private static final Schema BLOCK_ERRORS =
      new SchemaBuilder()
          .required(ColumnType.TEXT, "view_set_name", "block_id", "process_id", "stream_id")
          .required(ColumnType.TIMESTAMP, "insert_time")
          .required(ColumnType.INT32, "nb_objects", "decoder_version")
          .required(ColumnType.TEXT, "error")
          .required(ColumnType.TIMESTAMP, "first_seen", "last_seen")
          .required(ColumnType.INT32, "attempts")
          .build();

  private Listings() {}

  /// `list_view_sets()`, `list_partitions()` and `list_block_errors()`.
  public static List<TableFunction> all(
      ViewFactory views, PartitionStore partitions, BlockErrors errors) {
    return List.of(viewSets(views), partitions(partitions), blockErrors(errors));
  }

  /// Global views in order of registration, then the sets that have a maker alone.
  static TableFunction viewSets(ViewFactory views) {
    return new Listing(
        "list_view_sets",
        VIEW_SETS,
        () -> {
          List<@Nullable Object[]> rows = new ArrayList<>();
          for (View view : views.globalViews()) {
            String name = view.id().viewSet();
            rows.add(viewSet(name, view.schema(), views.maker(name).isPresent(), true));
          }
          for (ViewMaker maker : views.makers()) {
            if (views.globalView(maker.viewSet()).isEmpty()) {
              rows.add(viewSet(maker.viewSet(), maker.schema(), true, false));
            }
          }
          return rows.iterator();
        });
  }

  static TableFunction partitions(PartitionStore store) {
    return new Listing(
        "list_partitions", PARTITIONS, () -> mapped(store.listAll(), Listings::partition));
  }

  static TableFunction blockErrors(BlockErrors errors) {
    return new Listing(
        "list_block_errors", BLOCK_ERRORS, () -> mapped(errors.listAll(), Listings::blockError));
  }

  private static @Nullable Object[] viewSet(
      String name, ViewSchema schema, boolean hasMaker, boolean isGlobal) {
    return new Object[] {name, schema.hash(), schema.arrow().toString(), hasMaker, isGlobal};
  }

  private static @Nullable Object[] partition(Partition p) {
    return new @Nullable Object[] {
      p.viewSet(),
      p.instanceId(),
      p.beginInsertTime(),
      p.endInsertTime(),
      p.eventTime().map(Partition.EventBounds::min).orElse(null),
      p.eventTime().map(Partition.EventBounds::max).orElse(null),
      p.updated(),
      p.filePath().orElse(null),
      p.fileSize(),
      p.schemaHash(),
      p.sourceHash(),
      p.numRows(),
      p.formatVersion(),
      p.sortOrder().orElse(null),
      p.maxSortKeyTime().orElse(null)
    };
  }

  private static @Nullable Object[] blockError(BlockError e) {
    return new Object[] {
      e.viewSet(),
      e.blockId().toString(),
      e.processId().toString(),
      e.streamId().toString(),
      e.insertTime(),
      e.nbObjects(),
      e.decoderVersion(),
      e.error(),
      e.firstSeen(),
      e.lastSeen(),
      e.attempts()
    };
  }

  private static <T> Iterator<@Nullable Object[]> mapped(
      List<T> values, java.util.function.Function<T, @Nullable Object[]> row) {
    return values.stream().map(row).iterator();
  }
}
