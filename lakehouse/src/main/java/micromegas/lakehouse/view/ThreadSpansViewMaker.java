package micromegas.lakehouse.view;

import java.util.Optional;
import micromegas.common.BadRequestException;
import micromegas.lakehouse.chains.ChainProcessor;
import micromegas.query.EventTimeColumns;
import micromegas.transit.StreamInfo;

/// `thread_spans`: the call tree of one thread, one row per span. Instances: a stream id.
///
/// `stitched_thread_spans`, which the reference does not have, reads the blocks of all hours that a
/// query touches as one chain, so that no span is cut by the end of an hour, by a full partition or
/// by a missing block.
public final class ThreadSpansViewMaker implements ViewMaker {
  public static final String VIEW_SET = "thread_spans";
  public static final String STITCHED_VIEW_SET = "stitched_thread_spans";

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

  private final String viewSet;
  private final ViewSource.Chains source;

  /// Of `thread_spans`.
  ///
  /// @param processor of native streams
  public ThreadSpansViewMaker(ChainProcessor<?> processor) {
    this(VIEW_SET, processor, false);
  }

  private ThreadSpansViewMaker(String viewSet, ChainProcessor<?> processor, boolean stitched) {
    this.viewSet = viewSet;
    this.source =
        new ViewSource.Chains(
            new ViewSource.ChainScope.Stream(),
            StreamInfo.TRANSIT_FORMAT,
            processor,
            Optional.of("begin"),
            stitched);
  }

  /// Of `stitched_thread_spans`.
  public static ThreadSpansViewMaker stitched(ChainProcessor<?> processor) {
    return new ThreadSpansViewMaker(STITCHED_VIEW_SET, processor, true);
  }

  @Override
  public String viewSet() {
    return viewSet;
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
    ViewId id = new ViewId(viewSet, InstanceIds.canonical(instanceId));
    return new View(id, SCHEMA, source, Optional.empty());
  }
}
