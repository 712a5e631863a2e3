package micromegas.lakehouse.view;

import java.util.Optional;
import micromegas.lakehouse.chains.NetSpansProcessor;
import micromegas.query.EventTimeColumns;
import micromegas.transit.StreamInfo;

/// `net_spans`: one row per connection, object, remote call or property that went over the network,
/// with its size in bits. Instances: a process id; a process may have several network streams.
public final class NetSpansViewMaker implements ViewMaker {
  public static final String VIEW_SET = "net_spans";

  /// Tag of the streams that carry network events.
  public static final String TAG = "net";

  private static final ViewSchema SCHEMA =
      new ViewSchema(
          new SchemaBuilder()
              .required(ColumnType.DICTIONARY_TEXT, "process_id", "stream_id")
              .required(ColumnType.INT64, "span_id", "parent_span_id")
              .required(ColumnType.UINT32, "depth")
              .required(ColumnType.DICTIONARY_TEXT, "kind", "name", "connection_name")
              .required(ColumnType.BOOLEAN, "is_outgoing")
              .required(ColumnType.INT64, "begin_bits", "end_bits", "bit_size")
              .required(ColumnType.TIMESTAMP, "begin_time", "end_time")
              .build(),
          SchemaHashes.constant(2),
          new EventTimeColumns("begin_time", "end_time"));

  private static final ViewSource SOURCE =
      new ViewSource.Chains(
          new ViewSource.ChainScope.Process(TAG),
          StreamInfo.TRANSIT_FORMAT,
          new NetSpansProcessor(),
          Optional.empty());

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
    return BlockColumns.processInstance(VIEW_SET, "NetSpansView", instanceId, SCHEMA, SOURCE);
  }
}
