package micromegas.lakehouse.view;

import java.util.Map;
import micromegas.lakehouse.blocks.BlockProcessor;
import micromegas.query.EventTimeColumns;

/// `log_entries`: one row per log event. Instances: `global`, or a process id.
public final class LogEntriesViewMaker implements ViewMaker {
  public static final String VIEW_SET = "log_entries";

  /// Tag of the streams that carry log events.
  public static final String TAG = "log";

  private static final ViewSchema SCHEMA =
      new ViewSchema(
          BlockColumns.origin()
              .required(ColumnType.TIMESTAMP, "time")
              .required(ColumnType.DICTIONARY_TEXT, "target")
              .required(ColumnType.INT32, "level")
              .required(ColumnType.TEXT, "msg")
              .required(ColumnType.PROPERTIES, "properties", "process_properties")
              .build(),
          SchemaHashes.constant(6),
          EventTimeColumns.instant("time"));

  private final ViewSource.Blocks source;

  /// @param processors by stream format
  public LogEntriesViewMaker(Map<String, BlockProcessor> processors) {
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
    return BlockColumns.instance(VIEW_SET, instanceId, SCHEMA, source);
  }
}
