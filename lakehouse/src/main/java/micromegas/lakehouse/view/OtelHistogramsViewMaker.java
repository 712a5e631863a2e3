package micromegas.lakehouse.view;

import java.util.Map;
import micromegas.lakehouse.blocks.BlockProcessor;
import micromegas.query.EventTimeColumns;

/// `otel_histograms`: one row per data point of an OpenTelemetry histogram, which `measures` has no
/// room for. Instances: `global`, or a process id. A view set of this server alone.
public final class OtelHistogramsViewMaker implements ViewMaker {
  public static final String VIEW_SET = "otel_histograms";

  private static final ViewSchema SCHEMA =
      new ViewSchema(
          BlockColumns.origin()
              .required(ColumnType.TIMESTAMP, "time")
              .required(ColumnType.DICTIONARY_TEXT, "target", "name", "unit", "kind", "temporality")
              .required(ColumnType.TIMESTAMP, "start_time")
              .required(ColumnType.INT64, "count")
              .nullable(ColumnType.FLOAT64, "sum", "min", "max")
              .required(ColumnType.BINARY, "histogram")
              .required(ColumnType.PROPERTIES, "properties", "process_properties")
              .build(),
          SchemaHashes.constant(1),
          EventTimeColumns.instant("time"));

  private final ViewSource.Blocks source;

  /// @param processors by stream format
  public OtelHistogramsViewMaker(Map<String, BlockProcessor> processors) {
    this.source = new ViewSource.Blocks(MeasuresViewMaker.TAG, processors);
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
