package micromegas.tracing.opentelemetry;

import io.opentelemetry.api.trace.SpanContext;

/// Ids of spans on the native wire: 64 bits, as in OpenTelemetry, so they stay the same. Servers
/// show them as signed numbers. Ids of traces, 128 bits, have no place there.
final class SpanIds {
  private SpanIds() {}

  /// The native id of a span.
  static long idOf(SpanContext span) {
    return Long.parseUnsignedLong(span.getSpanId(), 16);
  }

  /// The native id of a parent; 0 when there is none in this process.
  static long parentId(SpanContext parent) {
    return isLocal(parent) ? idOf(parent) : 0;
  }

  /// Whether a parent is a span of this process.
  static boolean isLocal(SpanContext parent) {
    return parent.isValid() && !parent.isRemote();
  }
}
