package micromegas.lakehouse.view;

import java.util.Map;
import java.util.Optional;
import micromegas.lakehouse.blocks.BlockProcessor;
import micromegas.query.EventTimeColumns;

/// `async_events`: one row per begin or end of an asynchronous span; pairing them is left to
/// queries. Instances: a process id.
public final class AsyncEventsViewMaker implements ViewMaker {
  public static final String VIEW_SET = "async_events";

  /// Tag of the streams that carry spans.
  public static final String TAG = "cpu";

  private static final ViewSchema SCHEMA =
      new ViewSchema(
          new SchemaBuilder()
              .required(ColumnType.DICTIONARY_TEXT, "stream_id", "block_id")
              .required(ColumnType.TIMESTAMP, "time")
              .required(ColumnType.DICTIONARY_TEXT, "event_type")
              .required(ColumnType.INT64, "span_id", "parent_span_id")
              .required(ColumnType.UINT32, "depth", "hash")
              .required(ColumnType.DICTIONARY_TEXT, "name", "filename", "target")
              .required(ColumnType.UINT32, "line")
              .build(),
          SchemaHashes.constant(3),
          EventTimeColumns.instant("time"));

  private final ViewSource.Blocks source;

  /// @param processors by stream format
  public AsyncEventsViewMaker(Map<String, BlockProcessor> processors) {
    this.source =
        new ViewSource.Blocks(TAG, processors, Optional.empty(), ViewSource.ClockRule.PROCESS);
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
    return BlockColumns.processInstance(VIEW_SET, "AsyncEventsView", instanceId, SCHEMA, source);
  }
}
