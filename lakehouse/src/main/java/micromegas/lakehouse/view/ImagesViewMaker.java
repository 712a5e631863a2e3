package micromegas.lakehouse.view;

import java.util.Map;
import micromegas.lakehouse.blocks.BlockProcessor;
import micromegas.query.EventTimeColumns;

/// `images`: one row per image, with its content. Instances: a process id.
public final class ImagesViewMaker implements ViewMaker {
  public static final String VIEW_SET = "images";

  /// Tag of the streams that carry images.
  public static final String TAG = "image";

  private static final ViewSchema SCHEMA =
      new ViewSchema(
          BlockColumns.origin()
              .required(ColumnType.TIMESTAMP, "time")
              .required(ColumnType.TEXT, "name")
              .required(ColumnType.DICTIONARY_TEXT, "format")
              .required(ColumnType.INT64, "payload_size")
              .required(ColumnType.BINARY, "data")
              .build(),
          SchemaHashes.constant(2),
          EventTimeColumns.instant("time"));

  private final ViewSource.Blocks source;

  /// @param processors by stream format
  public ImagesViewMaker(Map<String, BlockProcessor> processors) {
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
    return BlockColumns.processInstance(VIEW_SET, "ImagesView", instanceId, SCHEMA, source);
  }
}
