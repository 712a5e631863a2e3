package micromegas.lakehouse.view;

import java.util.HashMap;
import java.util.Map;
import micromegas.lakehouse.blocks.AsyncEventsBlockProcessor;
import micromegas.lakehouse.blocks.BlockProcessor;
import micromegas.lakehouse.blocks.ImagesBlockProcessor;
import micromegas.lakehouse.blocks.LogBlockProcessor;
import micromegas.lakehouse.blocks.MetricsBlockProcessor;
import micromegas.lakehouse.blocks.otlp.OtlpLogProcessor;
import micromegas.lakehouse.blocks.otlp.OtlpMetricProcessor;
import micromegas.otlp.Signal;
import micromegas.transit.StreamInfo;

/// The block processors of a deployment, by view set and stream format. Immutable.
public final class BlockProcessors {
  public static final BlockProcessors NONE = new BlockProcessors(Map.of());

  private final Map<String, Map<String, BlockProcessor>> byViewSet;

  private BlockProcessors(Map<String, Map<String, BlockProcessor>> byViewSet) {
    this.byViewSet = Map.copyOf(byViewSet);
  }

  /// Those of the built-in view sets.
  public static BlockProcessors builtIn() {
    String format = StreamInfo.TRANSIT_FORMAT;
    return NONE.with(LogEntriesViewMaker.VIEW_SET, format, new LogBlockProcessor())
        .with(MeasuresViewMaker.VIEW_SET, format, new MetricsBlockProcessor())
        .with(LogEntriesViewMaker.VIEW_SET, Signal.LOGS.format(), new OtlpLogProcessor())
        .with(MeasuresViewMaker.VIEW_SET, Signal.METRICS.format(), new OtlpMetricProcessor())
        .with(ImagesViewMaker.VIEW_SET, format, new ImagesBlockProcessor())
        .with(AsyncEventsViewMaker.VIEW_SET, format, new AsyncEventsBlockProcessor());
  }

  /// These and one more; it replaces an earlier one of the same view set and format.
  public BlockProcessors with(String viewSet, String format, BlockProcessor processor) {
    Map<String, BlockProcessor> byFormat = new HashMap<>(of(viewSet));
    byFormat.put(format, processor);
    Map<String, Map<String, BlockProcessor>> all = new HashMap<>(byViewSet);
    all.put(viewSet, Map.copyOf(byFormat));
    return new BlockProcessors(all);
  }

  /// The processors of a view set by stream format; empty when it has none.
  public Map<String, BlockProcessor> of(String viewSet) {
    return byViewSet.getOrDefault(viewSet, Map.of());
  }
}
