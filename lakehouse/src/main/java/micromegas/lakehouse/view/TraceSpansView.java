package micromegas.lakehouse.view;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import micromegas.lakehouse.blocks.BlockProcessor;

/// `trace_spans`: the OpenTelemetry spans of all processes, with the columns of `otel_spans`. A
/// trace is found by its id without reading every partition. A view set of this server alone.
public final class TraceSpansView {
  public static final String VIEW_SET = "trace_spans";

  private static final ViewSource.KeyIndex INDEX =
      new ViewSource.KeyIndex("trace_id", List.of("trace_id", "start_time"));

  private TraceSpansView() {}

  /// @param processors by stream format
  public static View create(Map<String, BlockProcessor> processors) {
    return new View(
        ViewId.global(VIEW_SET),
        new ViewSchema(
            OtelSpansViewMaker.COLUMNS, SchemaHashes.constant(1), OtelSpansViewMaker.TIMES),
        new ViewSource.Blocks(OtelSpansViewMaker.TAG, processors, Optional.of(INDEX)),
        Optional.of(new BatchPolicy(2000, Duration.ofHours(1), Duration.ofDays(1))));
  }
}
