package micromegas.examples.customviews;

import java.util.LinkedHashMap;
import java.util.Map;
import micromegas.common.BadRequestException;
import micromegas.lakehouse.blocks.BlockProcessor;
import micromegas.lakehouse.view.LogEntriesViewMaker;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewFactory;
import micromegas.lakehouse.view.ViewId;
import micromegas.lakehouse.view.ViewSetExtension;
import micromegas.lakehouse.view.ViewSource;

/// What this jar adds. Named in `META-INF/services`, so that it is enough to put the jar on the
/// class path of every server of the lake.
public final class CustomViews implements ViewSetExtension {

  @Override
  public void register(ViewFactory.Builder builder) {
    View logEntries =
        builder
            .build()
            .globalView(LogEntriesViewMaker.VIEW_SET)
            .orElseThrow(() -> new BadRequestException("log_errors needs the view log_entries"));
    LogErrorsViewMaker logErrors = new LogErrorsViewMaker(errorsOnly(logEntries));
    builder
        .addViewSet(logErrors)
        .addGlobalView(logErrors.make(ViewId.GLOBAL))
        .addGlobalView(ErrorCountsView.create());
  }

  /// One processor for each stream format that `log_entries` understands.
  private static Map<String, BlockProcessor> errorsOnly(View logEntries) {
    if (!(logEntries.source() instanceof ViewSource.Blocks blocks)) {
      throw new BadRequestException("log_entries is not made of blocks");
    }
    Map<String, BlockProcessor> processors = new LinkedHashMap<>();
    blocks
        .processors()
        .forEach((format, processor) ->
            processors.put(
                format, new ErrorsOnlyProcessor(processor, logEntries.schema().arrow())));
    return processors;
  }
}
