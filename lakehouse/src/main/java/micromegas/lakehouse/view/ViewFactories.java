package micromegas.lakehouse.view;

import java.util.Map;
import java.util.ServiceLoader;
import micromegas.lakehouse.blocks.otlp.OtlpHistogramProcessor;
import micromegas.lakehouse.blocks.otlp.OtlpSpanProcessor;
import micromegas.lakehouse.chains.ChainProcessor;
import micromegas.lakehouse.spans.SpanLimits;
import micromegas.lakehouse.spans.ThreadSpansProcessor;
import micromegas.otlp.Signal;

/// Builds the view factory of a deployment.
public final class ViewFactories {
  private ViewFactories() {}

  /// With [SpanLimits#DEFAULT].
  public static ViewFactory standard(
      BlockProcessors processors, Iterable<ViewSetExtension> extensions) {
    return standard(processors, SpanLimits.DEFAULT, extensions);
  }

  /// The built-in view sets in dependency order, then those of `extensions`, in their order.
  ///
  /// A view may read the views registered before it: `blocks` ← `processes`, `streams`; and
  /// `log_entries` ← `log_stats`.
  ///
  /// @param spans what a call tree may hold
  /// @throws micromegas.common.BadRequestException when an extension takes a name that exists
  public static ViewFactory standard(
      BlockProcessors processors, SpanLimits spans, Iterable<ViewSetExtension> extensions) {
    ViewMaker logEntries = new LogEntriesViewMaker(processors.of(LogEntriesViewMaker.VIEW_SET));
    ViewMaker measures = new MeasuresViewMaker(processors.of(MeasuresViewMaker.VIEW_SET));
    ChainProcessor<?> threadSpans = new ThreadSpansProcessor(spans);
    ViewMaker histograms =
        new OtelHistogramsViewMaker(Map.of(Signal.METRICS.format(), new OtlpHistogramProcessor()));
    ViewFactory.Builder builder =
        new ViewFactory.Builder()
            .addGlobalView(logEntries.make(ViewId.GLOBAL))
            .addGlobalView(measures.make(ViewId.GLOBAL))
            .addGlobalView(ProcessesView.create())
            .addGlobalView(StreamsView.create())
            .addGlobalView(BlocksView.create())
            .addViewSet(new ImagesViewMaker(processors.of(ImagesViewMaker.VIEW_SET)))
            .addViewSet(logEntries)
            .addViewSet(measures)
            .addGlobalView(LogStatsView.create())
            .addViewSet(new AsyncEventsViewMaker(processors.of(AsyncEventsViewMaker.VIEW_SET)))
            .addViewSet(new NetSpansViewMaker())
            .addViewSet(new ThreadSpansViewMaker(threadSpans))
            .addViewSet(ThreadSpansViewMaker.stitched(threadSpans))
            .addViewSet(
                new OtelSpansViewMaker(Map.of(Signal.TRACES.format(), new OtlpSpanProcessor())))
            .addGlobalView(
                TraceSpansView.create(Map.of(Signal.TRACES.format(), new OtlpSpanProcessor())))
            .addGlobalView(histograms.make(ViewId.GLOBAL))
            .addViewSet(histograms);
    extensions.forEach(extension -> extension.register(builder));
    return builder.build();
  }

  /// The extensions that jars on the class path declare.
  public static Iterable<ViewSetExtension> installedExtensions() {
    return ServiceLoader.load(ViewSetExtension.class);
  }
}
