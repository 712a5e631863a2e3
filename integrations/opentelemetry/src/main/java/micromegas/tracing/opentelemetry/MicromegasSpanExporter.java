package micromegas.tracing.opentelemetry;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import micromegas.tracing.Name;
import micromegas.tracing.PastEvents;
import org.jspecify.annotations.Nullable;

/// Records finished spans of the SDK as native async spans, at their own times and with their own
/// ids: `span_id` of `async_events` is the id of OpenTelemetry as a signed number. The target is
/// the name of the instrumentation scope. Where a trace enters the process, an entry of the log at
/// *debug* gives its id, see [OpenTelemetryBridge]; events of spans and failures are log entries
/// too.
///
/// Attributes and links are dropped, and depths count the parents in the same batch only. Spans
/// that the bridge has recorded are left to it. Without telemetry, or while its spans are off,
/// everything is dropped. Thread-safe.
public final class MicromegasSpanExporter implements SpanExporter {
  private static final int MAX_DEPTH = 128;

  private final OpenExporters.Registration open = OpenExporters.process().register();
  private final Session session = new Session();
  private final SpanSites sites = new SpanSites();
  private final SpanEntries entries = new SpanEntries();

  @Override
  public CompletableResultCode export(@Nullable Collection<SpanData> spans) {
    if (spans == null) {
      return CompletableResultCode.ofSuccess();
    }
    session
        .ticks()
        .ifPresent(ticks -> {
          Map<Long, SpanData> byId = new HashMap<>();
          for (SpanData span : spans) {
            byId.put(SpanIds.idOf(span.getSpanContext()), span);
          }
          PastEvents batch = new PastEvents();
          for (SpanData span : spans) {
            if (!NativeSpans.process().isKnown(span.getSpanContext())) {
              add(batch, span, byId, ticks);
            }
          }
          batch.record();
        });
    return CompletableResultCode.ofSuccess();
  }

  private void add(PastEvents batch, SpanData span, Map<Long, SpanData> byId, EpochTicks ticks) {
    long begin = ticks.ticks(span.getStartEpochNanos());
    if (!SpanIds.isLocal(span.getParentSpanContext())) {
      entries.entered(batch, span, begin);
    }
    batch.span(
        sites.of(span.getInstrumentationScopeInfo().getName()),
        Name.of(span.getName()),
        SpanIds.idOf(span.getSpanContext()),
        SpanIds.parentId(span.getParentSpanContext()),
        depth(span, byId),
        begin,
        ticks.ticks(span.getEndEpochNanos()));
    entries.ended(batch, span, ticks);
  }

  private static int depth(SpanData span, Map<Long, SpanData> byId) {
    int depth = 0;
    @Nullable SpanData at = span;
    while (at != null && depth < MAX_DEPTH && SpanIds.isLocal(at.getParentSpanContext())) {
      depth++;
      at = byId.get(SpanIds.idOf(at.getParentSpanContext()));
    }
    return depth;
  }

  @Override
  public CompletableResultCode flush() {
    return Session.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    CompletableResultCode sent = Session.flush();
    open.end();
    return sent;
  }

  @Override
  public String toString() {
    return "MicromegasSpanExporter";
  }
}
