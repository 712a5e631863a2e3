package micromegas.lakehouse.view;

import java.util.Optional;
import micromegas.common.BadRequestException;
import micromegas.lakehouse.chains.ChainProcessor;
import micromegas.query.EventTimeColumns;
import micromegas.transit.StreamInfo;

/// `thread_spans`: the call tree of one thread, one row per span. Instances: a stream id.
public final class ThreadSpansViewMaker implements ViewMaker {
  public static final String VIEW_SET = "thread_spans";

  private static final ViewSchema SCHEMA =
      new ViewSchema(
          new SchemaBuilder()
              .required(ColumnType.INT64, "id", "parent")
              .required(ColumnType.UINT32, "depth", "hash")
              .required(ColumnType.TIMESTAMP, "begin", "end")
              .required(ColumnType.INT64, "duration")
              .required(ColumnType.DICTIONARY_TEXT, "name", "target", "filename")
              .required(ColumnType.UINT32, "line")
              .build(),
          SchemaHashes.constant(3),
          new EventTimeColumns("begin", "end"));

  private final ViewSource.Chains source;

  /// @param processor of native streams
  public ThreadSpansViewMaker(ChainProcessor<?> processor) {
    this.source =
        new ViewSource.Chains(
            new ViewSource.ChainScope.Stream(),
            StreamInfo.TRANSIT_FORMAT,
            processor,
            Optional.of("begin"));
  }

  @Override
  public String viewSet() {
    return VIEW_SET;
  }

  @Override
  public ViewSchema schema() {
    return SCHEMA;
  }

  /// @throws BadRequestException for `global`, and for what is no stream id
  @Override
  public View make(String instanceId) {
    if (instanceId.equals(ViewId.GLOBAL)) {
      throw new BadRequestException("the global view is not implemented for thread spans");
    }
    ViewId id = new ViewId(VIEW_SET, InstanceIds.canonical(instanceId));
    return new View(id, SCHEMA, source, Optional.empty());
  }
}
