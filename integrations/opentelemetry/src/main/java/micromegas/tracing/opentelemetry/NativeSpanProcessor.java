package micromegas.tracing.opentelemetry;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import micromegas.tracing.AsyncSpan;
import micromegas.tracing.Name;
import micromegas.tracing.PastEvents;
import micromegas.tracing.SpanContext;
import org.jspecify.annotations.Nullable;

/// Begins and ends a native async span with each span of the SDK. Thread-safe.
final class NativeSpanProcessor implements SpanProcessor {
  private final NativeSpans spans;
  private final Session session = new Session();
  private final SpanSites sites = new SpanSites();
  private final SpanEntries entries = new SpanEntries();

  NativeSpanProcessor(NativeSpans spans) {
    this.spans = spans;
  }

  @Override
  public void onStart(Context context, ReadWriteSpan span) {
    AsyncSpan begun =
        sites
            .of(span.getInstrumentationScopeInfo().getName())
            .begin(Name.of(span.getName()), parent(context), SpanIds.idOf(span.getSpanContext()));
    if (begun.id() == 0) {
      return; // spans are off, or there is no memory for more
    }
    spans.put(span.getSpanContext(), begun);
    if (!SpanIds.isLocal(span.getParentSpanContext())) {
      begun.run(() ->
          entries.entered(span.getName(), span.getSpanContext(), span.getParentSpanContext()));
    }
  }

  /// The native parent of a span that begins: that of its parent; below a native span that began
  /// inside this one, that one.
  private SpanContext parent(Context context) {
    Span parent = Span.fromContextOrNull(context);
    NativeSpans.Native known = parent == null ? null : spans.find(parent.getSpanContext());
    if (isCurrent(parent)) {
      SpanContext current = SpanContext.current();
      return known != null && current.depth() < known.inside().depth() ? known.inside() : current;
    }
    return known == null ? SpanContext.root() : known.inside();
  }

  private static boolean isCurrent(@Nullable Span parent) {
    return parent == Span.fromContextOrNull(Context.current());
  }

  @Override
  public boolean isStartRequired() {
    return true;
  }

  @Override
  public void onEnd(ReadableSpan span) {
    NativeSpans.Native known = spans.find(span.getSpanContext());
    if (known == null) {
      return;
    }
    known.span().end();
    session
        .ticks()
        .ifPresent(ticks -> {
          PastEvents events = new PastEvents();
          entries.ended(events, span.toSpanData(), ticks);
          events.record();
        });
  }

  @Override
  public boolean isEndRequired() {
    return true;
  }

  @Override
  public CompletableResultCode forceFlush() {
    return Session.flush();
  }

  @Override
  public String toString() {
    return "NativeSpanProcessor";
  }
}
