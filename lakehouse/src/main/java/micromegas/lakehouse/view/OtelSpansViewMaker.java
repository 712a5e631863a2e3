package micromegas.lakehouse.view;

import java.util.Map;
import java.util.Optional;
import micromegas.lakehouse.blocks.BlockProcessor;
import micromegas.query.EventTimeColumns;
import org.apache.arrow.vector.types.pojo.Schema;

/// `otel_spans`: one row per OpenTelemetry span. Instances: a process id. The spans of all
/// processes are in `trace_spans`.
public final class OtelSpansViewMaker implements ViewMaker {
  public static final String VIEW_SET = "otel_spans";

  /// Tag of the streams that carry OpenTelemetry spans.
  public static final String TAG = "trace";

  static final Schema COLUMNS =
      new SchemaBuilder()
          .required(ColumnType.DICTIONARY_TEXT, "process_id", "stream_id", "block_id")
          .required(ColumnType.TIMESTAMP, "insert_time")
          .required(ColumnType.TEXT, "exe", "username", "computer")
          .required(ColumnType.PROPERTIES, "process_properties")
          .required(ColumnType.BINARY_16, "trace_id")
          .required(ColumnType.BINARY_8, "span_id")
          .nullable(ColumnType.BINARY_8, "parent_span_id")
          .required(ColumnType.TIMESTAMP, "start_time", "end_time")
          .required(ColumnType.INT64, "duration")
          .required(ColumnType.DICTIONARY_TEXT, "name", "kind", "status")
          .nullable(ColumnType.TEXT, "status_message")
          .required(ColumnType.PROPERTIES, "properties")
          .required(ColumnType.BINARY, "events", "links")
          .build();

  static final EventTimeColumns TIMES = new EventTimeColumns("start_time", "end_time");

  private static final ViewSchema SCHEMA = new ViewSchema(COLUMNS, SchemaHashes.constant(1), TIMES);

  private final ViewSource.Blocks source;

  /// @param processors by stream format
  public OtelSpansViewMaker(Map<String, BlockProcessor> processors) {
    this.source = new ViewSource.Blocks(TAG, processors);
  }

  @Override
  public String viewSet() {
    return VIEW_SET;
  }

  @Override
  public ViewSchema schema() {
    return SCHEMA;
  }

  @Override
  public View make(String instanceId) {
    ViewId id = new ViewId(VIEW_SET, InstanceIds.canonical(instanceId));
    return new View(id, SCHEMA, source, Optional.empty());
  }
}
