package micromegas.lakehouse.view;

import java.time.Duration;
import java.util.Optional;
import micromegas.query.EventTimeColumns;

/// `blocks`: one row per block, with the columns of its stream and process. One implicit instance.
public final class BlocksView {
  public static final String VIEW_SET = "blocks";

  /// The view set's columns; those of the stream and process have dotted names.
  public static final ViewSchema SCHEMA =
      new ViewSchema(
          new SchemaBuilder()
              .required(ColumnType.TEXT, "block_id", "stream_id", "process_id")
              .required(ColumnType.TIMESTAMP, "begin_time")
              .required(ColumnType.INT64, "begin_ticks")
              .required(ColumnType.TIMESTAMP, "end_time")
              .required(ColumnType.INT64, "end_ticks")
              .required(ColumnType.INT32, "nb_objects")
              .required(ColumnType.INT64, "object_offset", "payload_size")
              .required(ColumnType.TIMESTAMP, "insert_time")
              .required(
                  ColumnType.BINARY, "streams.dependencies_metadata", "streams.objects_metadata")
              .nullable(ColumnType.TAGS, "streams.tags")
              .required(ColumnType.PROPERTIES, "streams.properties")
              .required(ColumnType.TIMESTAMP, "streams.insert_time")
              .required(ColumnType.TEXT, "streams.format")
              .required(ColumnType.TIMESTAMP, "processes.start_time")
              .required(ColumnType.INT64, "processes.start_ticks", "processes.tsc_frequency")
              .required(
                  ColumnType.TEXT,
                  "processes.exe",
                  "processes.username",
                  "processes.realname",
                  "processes.computer",
                  "processes.distro",
                  "processes.cpu_brand")
              .required(ColumnType.TIMESTAMP, "processes.insert_time")
              .required(ColumnType.TEXT, "processes.parent_process_id")
              .required(ColumnType.PROPERTIES, "processes.properties")
              .build(),
          SchemaHashes.constant(3),
          new EventTimeColumns("begin_time", "insert_time"));

  private BlocksView() {}

  public static View create() {
    return new View(
        ViewId.global(VIEW_SET),
        SCHEMA,
        new ViewSource.BlockRows(),
        Optional.of(new BatchPolicy(1000, Duration.ofHours(1), Duration.ofDays(1))));
  }
}
