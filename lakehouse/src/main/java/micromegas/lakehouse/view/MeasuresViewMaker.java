package micromegas.lakehouse.view;

import java.util.Map;
import micromegas.lakehouse.blocks.BlockProcessor;
import micromegas.query.EventTimeColumns;

/// `measures`: one row per sample of a metric. Instances: `global`, or a process id.
public final class MeasuresViewMaker implements ViewMaker {
  public static final String VIEW_SET = "measures";

  /// Tag of the streams that carry metrics.
  public static final String TAG = "metrics";

  private static final ViewSchema SCHEMA =
      new ViewSchema(
          BlockColumns.origin()
              .required(ColumnType.TIMESTAMP, "time")
              .required(ColumnType.DICTIONARY_TEXT, "target", "name", "unit")
              .required(ColumnType.FLOAT64, "value")
              .required(ColumnType.PROPERTIES, "properties", "process_properties")
              .build(),
          SchemaHashes.constant(7),
          EventTimeColumns.instant("time"));

  private final ViewSource.Blocks source;

  /// @param processors by stream format
  public MeasuresViewMaker(Map<String, BlockProcessor> processors) {
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
