package micromegas.tracing.opentelemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.Map;
import java.util.TreeMap;
import micromegas.tracing.Level;
import micromegas.tracing.Log;
import micromegas.tracing.PastEvents;
import micromegas.tracing.PropertySet;

/// What native spans cannot say, as log entries with the ids of trace and span:
///
/// - where a trace enters the process, an entry at *debug*, which gives the native id of that span;
/// - the events of spans, at *info*, exceptions at *error*;
/// - the status of failed spans, at *warn*.
///
/// Their target is [#TARGET].
final class SpanEntries {
  static final String TARGET = "opentelemetry.trace";

  /// The id in `async_events`.
  static final String NATIVE_ID = "async_span_id";

  static final String PARENT_ID = "otel.parent_span_id";
  private static final String EXCEPTION = "exception";

  private final Log log = Log.of(TARGET);

  /// Now: a trace has entered the process with this span.
  void entered(String name, SpanContext span, SpanContext parent) {
    if (log.isOn(Level.DEBUG)) {
      log.log(Level.DEBUG, name, entry(span, parent));
    }
  }

  /// Then: a trace had entered the process with this span.
  void entered(PastEvents batch, SpanData span, long ticks) {
    if (log.isOn(Level.DEBUG)) {
      SpanContext context = span.getSpanContext();
      batch.log(
          log, Level.DEBUG, ticks, span.getName(), entry(context, span.getParentSpanContext()));
    }
  }

  /// The events and the status of a span that has ended.
  void ended(PastEvents batch, SpanData span, EpochTicks ticks) {
    for (EventData event : span.getEvents()) {
      Level level = event.getName().equals(EXCEPTION) ? Level.ERROR : Level.INFO;
      if (log.isOn(level)) {
        Attributes attributes = event.getAttributes();
        Map<String, String> pairs = ids(span.getSpanContext());
        AttributeSets.put(pairs, attributes);
        String text = AttributeSets.withStackTrace(event.getName(), attributes);
        batch.log(log, level, ticks.ticks(event.getEpochNanos()), text, PropertySet.of(pairs));
      }
    }
    if (span.getStatus().getStatusCode() == StatusCode.ERROR && log.isOn(Level.WARN)) {
      String why = span.getStatus().getDescription();
      batch.log(
          log,
          Level.WARN,
          ticks.ticks(span.getEndEpochNanos()),
          span.getName() + " failed" + (why.isEmpty() ? "" : ": " + why),
          PropertySet.of(ids(span.getSpanContext())));
    }
  }

  private static PropertySet entry(SpanContext span, SpanContext parent) {
    Map<String, String> pairs = ids(span);
    pairs.put(NATIVE_ID, Long.toString(SpanIds.idOf(span)));
    if (parent.isValid()) {
      pairs.put(PARENT_ID, parent.getSpanId());
    }
    return PropertySet.of(pairs);
  }

  private static Map<String, String> ids(SpanContext span) {
    Map<String, String> pairs = new TreeMap<>();
    AttributeSets.put(pairs, span);
    return pairs;
  }
}
