package micromegas.tracing.opentelemetry;

import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import micromegas.tracing.Level;
import micromegas.tracing.Log;
import micromegas.tracing.PastEvents;
import micromegas.tracing.PropertySet;
import org.jspecify.annotations.Nullable;

/// Records log records of the SDK as native log events, at their own times.
///
/// The target is the name of the instrumentation scope, the text the body with the stack trace of
/// an exception, if there is one. Attributes become properties, and so do the ids of the current
/// span as `otel.trace_id` and `otel.span_id`. What is recorded follows the levels of the telemetry
/// that runs; without telemetry everything is dropped. Thread-safe.
public final class MicromegasLogRecordExporter implements LogRecordExporter {
  private static final int MAX_TARGETS = 1_024;

  private final OpenExporters.Registration open = OpenExporters.process().register();
  private final Session session = new Session();
  private final Recent<String, Log> logs = new Recent<>(MAX_TARGETS, Log::of);

  @Override
  public CompletableResultCode export(@Nullable Collection<LogRecordData> records) {
    if (records == null) {
      return CompletableResultCode.ofSuccess();
    }
    session
        .ticks()
        .ifPresent(ticks -> {
          PastEvents batch = new PastEvents();
          for (LogRecordData record : records) {
            add(batch, record, ticks);
          }
          batch.record();
        });
    return CompletableResultCode.ofSuccess();
  }

  private void add(PastEvents batch, LogRecordData record, EpochTicks ticks) {
    long time = record.getTimestampEpochNanos();
    batch.log(
        logs.get(record.getInstrumentationScopeInfo().getName()),
        level(record.getSeverity()),
        ticks.ticks(time != 0 ? time : record.getObservedTimestampEpochNanos()),
        AttributeSets.withStackTrace(text(record), record.getAttributes()),
        properties(record));
  }

  private static String text(LogRecordData record) {
    Value<?> body = record.getBodyValue();
    if (body != null) {
      return body.asString();
    }
    String event = record.getEventName();
    return event == null ? "" : event;
  }

  private static PropertySet properties(LogRecordData record) {
    Map<String, String> pairs = new TreeMap<>();
    AttributeSets.put(pairs, record.getSpanContext());
    String event = record.getEventName();
    if (event != null && !event.isEmpty()) {
      pairs.put(AttributeSets.EVENT_NAME, event);
    }
    AttributeSets.put(pairs, record.getAttributes());
    return pairs.isEmpty() ? PropertySet.EMPTY : PropertySet.of(pairs);
  }

  /// Severity numbers 1 to 24 are six levels of four; a record without one is *info*.
  static Level level(Severity severity) {
    int number = severity.getSeverityNumber();
    if (number == 0) {
      return Level.INFO;
    }
    return switch ((number - 1) / 4) {
      case 0 -> Level.TRACE;
      case 1 -> Level.DEBUG;
      case 2 -> Level.INFO;
      case 3 -> Level.WARN;
      case 4 -> Level.ERROR;
      default -> Level.FATAL;
    };
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
    return "MicromegasLogRecordExporter";
  }
}
