package micromegas.tracing.opentelemetry;

import io.opentelemetry.context.ContextStorage;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.util.concurrent.atomic.AtomicBoolean;

/// Spans of OpenTelemetry as native async spans while they happen, in one tree with those that the
/// application begins itself: a span of either kind is the child of the innermost one around it.
///
/// ```java
/// OpenTelemetryBridge.install(); // before anything uses a context
/// SdkTracerProvider.builder().addSpanProcessor(OpenTelemetryBridge.spanProcessor())
/// ```
///
/// With the SDK's autoconfiguration, `otel.micromegas.bridge=true` does both.
///
/// A native span has no room for the id of a trace. It keeps the id of the span, so `span_id` of
/// `async_events` is the id of OpenTelemetry read as a signed number; and where a trace enters the
/// process, an entry of the log (target `opentelemetry.trace`, level *debug*) has `otel.trace_id`,
/// `otel.span_id` and `async_span_id`, the root of what happened here. Native spans below it are
/// found by their parents.
///
/// Spans that the SDK does not sample are not mirrored. A native span that is current goes to other
/// threads with [micromegas.tracing.SpanContext], a span of OpenTelemetry with its context.
public final class OpenTelemetryBridge {
  private static final AtomicBoolean INSTALLED = new AtomicBoolean();

  private OpenTelemetryBridge() {}

  /// Makes native contexts follow those of OpenTelemetry, in all threads, for the life of the JVM.
  /// To be called before the first context is used; later the API ignores it, and native spans do
  /// not become children of spans of OpenTelemetry. Calling it again does nothing.
  public static void install() {
    if (INSTALLED.compareAndSet(false, true)) {
      ContextStorage.addWrapper(
          storage -> new NativeContextStorage(storage, NativeSpans.process()));
    }
  }

  /// For the SDK's tracer provider. Records nothing while no telemetry runs or its spans are off.
  public static SpanProcessor spanProcessor() {
    return new NativeSpanProcessor(NativeSpans.process());
  }
}
