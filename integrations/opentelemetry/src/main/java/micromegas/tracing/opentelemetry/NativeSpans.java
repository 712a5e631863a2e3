package micromegas.tracing.opentelemetry;

import io.opentelemetry.api.trace.SpanContext;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import micromegas.tracing.AsyncSpan;
import org.jspecify.annotations.Nullable;

/// The native spans that stand for spans of OpenTelemetry, as long as anybody holds these: also
/// spans that have ended can be parents, and those that never end must not pile up. Thread-safe.
final class NativeSpans {
  private static final NativeSpans PROCESS = new NativeSpans();

  private final ConcurrentMap<Object, Native> spans = new ConcurrentHashMap<>();
  private final ReferenceQueue<SpanContext> gone = new ReferenceQueue<>();

  /// @param inside the context of what is done as part of the span
  record Native(AsyncSpan span, micromegas.tracing.SpanContext inside) {}

  /// Those of this process: contexts of OpenTelemetry are as wide.
  static NativeSpans process() {
    return PROCESS;
  }

  void put(SpanContext span, AsyncSpan async) {
    forget();
    spans.put(new Weak(span, gone), new Native(async, async.context()));
  }

  @Nullable Native find(SpanContext span) {
    return spans.get(new Probe(span));
  }

  boolean isKnown(SpanContext span) {
    return find(span) != null;
  }

  int size() {
    forget();
    return spans.size();
  }

  private void forget() {
    for (Object weak = gone.poll(); weak != null; weak = gone.poll()) {
      spans.remove(weak);
    }
  }

  /// A key that does not keep its span.
  private static final class Weak extends WeakReference<SpanContext> {
    private final int hash;

    Weak(SpanContext span, ReferenceQueue<SpanContext> queue) {
      super(span, queue);
      hash = System.identityHashCode(span);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return this == other;
    }
  }

  /// What a span is looked up with.
  private static final class Probe {
    private final SpanContext span;

    Probe(SpanContext span) {
      this.span = span;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(span);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Weak weak && weak.get() == span;
    }
  }
}
