package micromegas.tracing.opentelemetry;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextStorage;
import io.opentelemetry.context.Scope;
import micromegas.tracing.SpanContext;
import org.jspecify.annotations.Nullable;

/// Keeps the native context of each thread beside that of OpenTelemetry: while a span is current
/// there, its native span is the parent of native spans. Thread-safe.
final class NativeContextStorage implements ContextStorage {
  private final ContextStorage storage;
  private final NativeSpans spans;

  NativeContextStorage(ContextStorage storage, NativeSpans spans) {
    this.storage = storage;
    this.spans = spans;
  }

  @Override
  public Scope attach(Context context) {
    Context before = storage.current();
    Scope scope = storage.attach(context);
    Span span = context == null ? null : Span.fromContextOrNull(context);
    Span spanBefore = before == null ? null : Span.fromContextOrNull(before);
    if (span == spanBefore) {
      return scope; // native spans may have begun since that one
    }
    SpanContext inside = inside(span);
    if (inside == null) {
      return scope;
    }
    SpanContext.Attached attached = inside.attach();
    return () -> {
      attached.close();
      scope.close();
    };
  }

  /// What is the native context inside a span; null for one that has none.
  private @Nullable SpanContext inside(@Nullable Span span) {
    if (span == null) {
      return SpanContext.root();
    }
    NativeSpans.Native known = spans.find(span.getSpanContext());
    return known == null ? null : known.inside();
  }

  @Override
  public @Nullable Context current() {
    return storage.current();
  }

  @Override
  public Context root() {
    return storage.root();
  }
}
