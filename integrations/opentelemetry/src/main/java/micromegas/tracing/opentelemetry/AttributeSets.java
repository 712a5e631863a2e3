package micromegas.tracing.opentelemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import java.util.Map;
import java.util.TreeMap;
import micromegas.tracing.PropertySet;

/// Attributes as properties. All values become texts; those of arrays as the SDK prints them. The
/// keys `level`, `target`, `name` and `unit` get the prefix `tag.`, see [PropertySet].
final class AttributeSets {
  /// The keys under which servers store the ids of OTLP log records too, so that one query finds
  /// both.
  static final String TRACE_ID = "otel.trace_id";

  static final String SPAN_ID = "otel.span_id";
  static final String EVENT_NAME = "otel.event_name";
  static final String STACK_TRACE = "exception.stacktrace";

  /// Sets of attributes that are found again. Metrics bring the same ones at each export.
  private static final int MAX_KEPT = 4_096;

  private final Recent<Attributes, PropertySet> kept = new Recent<>(MAX_KEPT, AttributeSets::set);

  /// Of attributes that come again.
  PropertySet recurring(Attributes attributes) {
    return attributes.isEmpty() ? PropertySet.EMPTY : kept.get(attributes);
  }

  /// Adds attributes, except stack traces.
  static void put(Map<String, String> pairs, Attributes attributes) {
    attributes.forEach((key, value) -> {
      if (!key.getKey().equals(STACK_TRACE)) {
        pairs.put(key.getKey(), String.valueOf(value));
      }
    });
  }

  /// Adds the ids of a trace and a span, if they are valid.
  static void put(Map<String, String> pairs, SpanContext span) {
    if (span.isValid()) {
      pairs.put(TRACE_ID, span.getTraceId());
      pairs.put(SPAN_ID, span.getSpanId());
    }
  }

  /// A text with the stack trace that attributes may have.
  static String withStackTrace(String text, Attributes attributes) {
    Object stack = attributes.get(AttributeKey.stringKey(STACK_TRACE));
    return stack == null ? text : text + '\n' + stack.toString().stripTrailing();
  }

  private static PropertySet set(Attributes attributes) {
    Map<String, String> pairs = new TreeMap<>();
    put(pairs, attributes);
    return PropertySet.of(pairs);
  }
}
