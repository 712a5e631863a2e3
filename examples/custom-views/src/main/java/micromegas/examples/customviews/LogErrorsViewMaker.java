package micromegas.examples.customviews;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import micromegas.lakehouse.blocks.BlockProcessor;
import micromegas.lakehouse.view.BatchPolicy;
import micromegas.lakehouse.view.ColumnType;
import micromegas.lakehouse.view.InstanceIds;
import micromegas.lakehouse.view.LogEntriesViewMaker;
import micromegas.lakehouse.view.SchemaBuilder;
import micromegas.lakehouse.view.SchemaHashes;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewId;
import micromegas.lakehouse.view.ViewMaker;
import micromegas.lakehouse.view.ViewSchema;
import micromegas.lakehouse.view.ViewSource;
import micromegas.query.EventTimeColumns;
import org.apache.arrow.vector.types.pojo.Schema;

/// `log_errors`: one row per log entry of level error or fatal, and how long its message is.
/// Instances: `global`, or a process id.
final class LogErrorsViewMaker implements ViewMaker {
  static final String VIEW_SET = "log_errors";

  private static final ViewSchema SCHEMA = columns();
  private static final BatchPolicy HOURLY =
      new BatchPolicy(2000, Duration.ofHours(1), Duration.ofHours(1));

  private final ViewSource source;

  LogErrorsViewMaker(Map<String, BlockProcessor> processors) {
    this.source = new ViewSource.Blocks(LogEntriesViewMaker.TAG, processors);
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
    return instanceId.equals(ViewId.GLOBAL)
        ? new View(ViewId.global(VIEW_SET), SCHEMA, source, Optional.of(HOURLY))
        : new View(
            new ViewId(VIEW_SET, InstanceIds.canonical(instanceId)),
            SCHEMA,
            source,
            Optional.empty());
  }

  private static ViewSchema columns() {
    Schema arrow =
        new SchemaBuilder()
            .required(ColumnType.DICTIONARY_TEXT, "process_id")
            .required(ColumnType.TIMESTAMP, "insert_time", "time")
            .required(ColumnType.DICTIONARY_TEXT, "target")
            .required(ColumnType.INT32, "level", "msg_length")
            .required(ColumnType.TEXT, "msg")
            .build();
    return new ViewSchema(arrow, SchemaHashes.ofSchema(arrow), EventTimeColumns.instant("time"));
  }
}
