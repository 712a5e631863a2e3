package micromegas.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.HexFormat;
import java.util.List;
import micromegas.lakehouse.blocks.LogColumns;
import micromegas.lakehouse.blocks.MeasureColumns;
import micromegas.lakehouse.blocks.otlp.SpanColumns;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.jsonb.JsonbBuilder;

/// A plain decoder: the classes that protobuf's compiler generated, a document per record. Fills
/// the columns that differ from row to row of the messages of [OtlpWorkload], and no others.
final class OtlpBaseline {
  private final JsonbBuilder json = new JsonbBuilder();

  void logs(byte[] message, ColumnBatch out) {
    try {
      for (ScopeLogs scope : ResourceLogs.parseFrom(message).getScopeLogsList()) {
        for (LogRecord log : scope.getLogRecordsList()) {
          out.longs(LogColumns.TIME).append(log.getTimeUnixNano());
          text(out, LogColumns.TARGET, scope.getScope().getName());
          out.ints(LogColumns.LEVEL).append(6 - (log.getSeverityNumberValue() - 1) / 4);
          byte[] body = log.getBody().getStringValue().getBytes(UTF_8);
          out.bytes(LogColumns.MSG).append(body, 0, body.length);
          json.beginObject();
          attributes(log.getAttributesList());
          scope(scope.getScope());
          if (log.getTraceId().size() == 16) {
            member("otel.trace_id", HexFormat.of().formatHex(log.getTraceId().toByteArray()));
          }
          if (log.getSpanId().size() == 8) {
            member("otel.span_id", HexFormat.of().formatHex(log.getSpanId().toByteArray()));
          }
          member("otel.severity_text", log.getSeverityText());
          json.end();
          document(out, LogColumns.PROPERTIES);
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  void metrics(byte[] message, ColumnBatch out) {
    try {
      for (ScopeMetrics scope : ResourceMetrics.parseFrom(message).getScopeMetricsList()) {
        for (Metric metric : scope.getMetricsList()) {
          for (NumberDataPoint point : metric.getSum().getDataPointsList()) {
            out.longs(MeasureColumns.TIME).append(point.getTimeUnixNano());
            text(out, MeasureColumns.TARGET, scope.getScope().getName());
            text(out, MeasureColumns.NAME, metric.getName());
            text(out, MeasureColumns.UNIT, metric.getUnit());
            out.doubles(MeasureColumns.VALUE).append(point.getAsInt());
            json.beginObject();
            attributes(point.getAttributesList());
            json.key("otel.metric.aggregation_temporality".getBytes(UTF_8));
            json.value(metric.getSum().getAggregationTemporalityValue());
            json.key("otel.metric.is_monotonic".getBytes(UTF_8));
            json.value(metric.getSum().getIsMonotonic());
            member("otel.metric.kind", "sum");
            json.end();
            document(out, MeasureColumns.PROPERTIES);
          }
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  void spans(byte[] message, ColumnBatch out) {
    try {
      for (ScopeSpans scope : ResourceSpans.parseFrom(message).getScopeSpansList()) {
        for (Span span : scope.getSpansList()) {
          bytes(out, SpanColumns.TRACE_ID, span.getTraceId());
          bytes(out, SpanColumns.SPAN_ID, span.getSpanId());
          bytes(out, SpanColumns.PARENT_SPAN_ID, span.getParentSpanId());
          out.longs(SpanColumns.START_TIME).append(span.getStartTimeUnixNano());
          out.longs(SpanColumns.END_TIME).append(span.getEndTimeUnixNano());
          out.longs(SpanColumns.DURATION)
              .append(span.getEndTimeUnixNano() - span.getStartTimeUnixNano());
          text(out, SpanColumns.NAME, span.getName());
          text(out, SpanColumns.KIND, span.getKind().name().substring("SPAN_KIND_".length()));
          text(out, SpanColumns.STATUS, "UNSET");
          json.beginObject();
          attributes(span.getAttributesList());
          scope(scope.getScope());
          json.end();
          document(out, SpanColumns.PROPERTIES);
          json.beginArray();
          for (Span.Event event : span.getEventsList()) {
            json.beginObject();
            json.key("attributes".getBytes(UTF_8));
            json.beginObject();
            attributes(event.getAttributesList());
            json.end();
            member("name", event.getName());
            json.key("time".getBytes(UTF_8));
            json.value(event.getTimeUnixNano());
            json.end();
          }
          json.end();
          out.bytes(SpanColumns.EVENTS).append(json.document(), 0, json.length());
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private void attributes(List<KeyValue> attributes) {
    for (KeyValue attribute : attributes) {
      json.key(attribute.getKey().getBytes(UTF_8));
      AnyValue value = attribute.getValue();
      if (value.hasIntValue()) {
        json.value(value.getIntValue());
      } else {
        json.text(value.getStringValue().getBytes(UTF_8));
      }
    }
  }

  private void scope(InstrumentationScope scope) {
    member("otel.scope.name", scope.getName());
    member("otel.scope.version", scope.getVersion());
  }

  private void member(String key, String value) {
    json.key(key.getBytes(UTF_8));
    json.text(value.getBytes(UTF_8));
  }

  private void document(ColumnBatch out, int column) {
    var dictionary = out.dictionary(column);
    dictionary.appendIndex(dictionary.intern(json.document(), 0, json.length()));
  }

  private static void text(ColumnBatch out, int column, String value) {
    var dictionary = out.dictionary(column);
    dictionary.appendIndex(dictionary.intern(value.getBytes(UTF_8)));
  }

  private static void bytes(ColumnBatch out, int column, ByteString value) {
    byte[] bytes = value.toByteArray();
    out.bytes(column).append(bytes, 0, bytes.length);
  }
}
