package micromegas.lakehouse.blocks.otlp;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import micromegas.common.JsonText;
import micromegas.common.Nanos;

/// The rows that messages stand for by `otlp.md` 5, made the slow way from the generated classes:
/// one line of text per row.
final class Expected {
  private Expected() {}

  static List<String> logs(ResourceLogs resource) {
    List<String> rows = new ArrayList<>();
    for (ScopeLogs scope : resource.getScopeLogsList()) {
      for (LogRecord log : scope.getLogRecordsList()) {
        Map<String, String> properties = attributes(log.getAttributesList(), true);
        scope(scope.getScope(), scope.getSchemaUrl(), properties);
        if (log.getTraceId().size() == 16) {
          properties.put("otel.trace_id", quote(hex(log.getTraceId().toByteArray())));
        }
        if (log.getSpanId().size() == 8) {
          properties.put("otel.span_id", quote(hex(log.getSpanId().toByteArray())));
        }
        if (!log.getSeverityText().isEmpty()) {
          properties.put("otel.severity_text", quote(log.getSeverityText()));
        }
        if (!log.getEventName().isEmpty()) {
          properties.put("otel.event_name", quote(log.getEventName()));
        }
        long begin = Nanos.fromInstant(OtlpBlocks.BEGIN) / 1000 * 1000;
        long time =
            log.getTimeUnixNano() != 0
                ? log.getTimeUnixNano()
                : log.getObservedTimeUnixNano() != 0 ? log.getObservedTimeUnixNano() : begin;
        rows.add(
            time
                + " "
                + scope.getScope().getName()
                + " "
                + level(log.getSeverityNumberValue())
                + " "
                + body(log.getBody())
                + " "
                + object(properties));
      }
    }
    return rows;
  }

  static List<String> measures(ResourceMetrics resource) {
    List<String> rows = new ArrayList<>();
    for (ScopeMetrics scope : resource.getScopeMetricsList()) {
      for (Metric metric : scope.getMetricsList()) {
        String prefix = scope.getScope().getName() + " ";
        for (NumberDataPoint point : metric.getGauge().getDataPointsList()) {
          number(prefix, metric, point, Map.of("otel.metric.kind", quote("gauge")), rows);
        }
        for (NumberDataPoint point : metric.getSum().getDataPointsList()) {
          number(
              prefix,
              metric,
              point,
              Map.of(
                  "otel.metric.kind",
                  quote("sum"),
                  "otel.metric.aggregation_temporality",
                  "" + metric.getSum().getAggregationTemporalityValue(),
                  "otel.metric.is_monotonic",
                  "" + metric.getSum().getIsMonotonic()),
              rows);
        }
        for (SummaryDataPoint point : metric.getSummary().getDataPointsList()) {
          summary(prefix, metric, point, rows);
        }
      }
    }
    return rows;
  }

  private static void number(
      String prefix,
      Metric metric,
      NumberDataPoint point,
      Map<String, String> extras,
      List<String> rows) {
    if (point.getTimeUnixNano() == 0
        || point.getValueCase() == NumberDataPoint.ValueCase.VALUE_NOT_SET) {
      return;
    }
    double value = point.hasAsDouble() ? point.getAsDouble() : point.getAsInt();
    Map<String, String> properties = attributes(point.getAttributesList(), true);
    properties.putAll(extras);
    rows.add(
        point.getTimeUnixNano()
            + " "
            + prefix
            + metric.getName()
            + " "
            + metric.getUnit()
            + " "
            + value
            + " "
            + object(properties));
  }

  private static void summary(
      String prefix, Metric metric, SummaryDataPoint point, List<String> rows) {
    if (point.getTimeUnixNano() == 0 || (point.getFlags() & 1) != 0) {
      return;
    }
    String time = point.getTimeUnixNano() + " " + prefix + metric.getName();
    String unit = " " + metric.getUnit() + " ";
    String properties = " " + object(attributes(point.getAttributesList(), true));
    double count = Double.parseDouble(Long.toUnsignedString(point.getCount()));
    rows.add(time + "_count  " + count + properties);
    rows.add(time + "_sum" + unit + point.getSum() + properties);
    boolean min = false;
    boolean max = false;
    for (SummaryDataPoint.ValueAtQuantile quantile : point.getQuantileValuesList()) {
      if (quantile.getQuantile() == 0 && !min) {
        min = true;
        rows.add(time + "_min" + unit + quantile.getValue() + properties);
      } else if (quantile.getQuantile() == 1 && !max) {
        max = true;
        rows.add(time + "_max" + unit + quantile.getValue() + properties);
      }
    }
  }

  static List<String> spans(ResourceSpans resource) {
    List<String> rows = new ArrayList<>();
    for (ScopeSpans scope : resource.getScopeSpansList()) {
      for (Span span : scope.getSpansList()) {
        if (span.getStartTimeUnixNano() == 0
            || span.getEndTimeUnixNano() == 0
            || span.getTraceId().size() != 16
            || span.getSpanId().size() != 8) {
          continue;
        }
        Map<String, String> properties = attributes(span.getAttributesList(), true);
        scope(scope.getScope(), scope.getSchemaUrl(), properties);
        String parent =
            span.getParentSpanId().size() == 8 ? hex(span.getParentSpanId().toByteArray()) : "null";
        String events =
            span.getEventsList().stream()
                .map(event ->
                    "{\"attributes\":"
                        + object(attributes(event.getAttributesList(), false))
                        + ",\"name\":"
                        + quote(event.getName())
                        + ",\"time\":"
                        + event.getTimeUnixNano()
                        + "}")
                .collect(Collectors.joining(",", "[", "]"));
        String links =
            span.getLinksList().stream()
                .map(link ->
                    "{\"attributes\":"
                        + object(attributes(link.getAttributesList(), false))
                        + ",\"span_id\":"
                        + quote(hex(link.getSpanId().toByteArray()))
                        + ",\"trace_id\":"
                        + quote(hex(link.getTraceId().toByteArray()))
                        + "}")
                .collect(Collectors.joining(",", "[", "]"));
        int kind = span.getKindValue();
        int status = span.getStatus().getCodeValue();
        rows.add(
            String.join(
                " ",
                hex(span.getTraceId().toByteArray()),
                hex(span.getSpanId().toByteArray()),
                parent,
                "" + span.getStartTimeUnixNano(),
                "" + span.getEndTimeUnixNano(),
                "" + (span.getEndTimeUnixNano() - span.getStartTimeUnixNano()),
                span.getName(),
                kind < 0 || kind > 5
                    ? "UNSPECIFIED"
                    : Span.SpanKind.forNumber(kind).name().substring("SPAN_KIND_".length()),
                status < 0 || status > 2 ? "UNSET" : List.of("UNSET", "OK", "ERROR").get(status),
                span.getStatus().getMessage().isEmpty() ? "null" : span.getStatus().getMessage(),
                object(properties),
                events,
                links));
      }
    }
    return rows;
  }

  private static int level(int severity) {
    for (int level = 6; level >= 1; level--) {
      int first = 1 + (6 - level) * 4;
      if (severity >= first && severity < first + 4) {
        return level;
      }
    }
    return 4;
  }

  private static void scope(
      InstrumentationScope scope, String schemaUrl, Map<String, String> properties) {
    if (!scope.getName().isEmpty()) {
      properties.put("otel.scope.name", quote(scope.getName()));
    }
    if (!scope.getVersion().isEmpty()) {
      properties.put("otel.scope.version", quote(scope.getVersion()));
    }
    attributes(scope.getAttributesList(), false)
        .forEach((key, value) -> properties.put("otel.scope.attr." + key, value));
    if (!schemaUrl.isEmpty()) {
      properties.put("otel.scope.schema_url", quote(schemaUrl));
    }
  }

  private static Map<String, String> attributes(List<KeyValue> attributes, boolean absentIsNull) {
    Map<String, String> map =
        new TreeMap<>((a, b) -> Arrays.compareUnsigned(a.getBytes(UTF_8), b.getBytes(UTF_8)));
    for (KeyValue attribute : attributes) {
      if (attribute.hasValue()) {
        map.put(attribute.getKey(), json(attribute.getValue()));
      } else if (absentIsNull) {
        map.put(attribute.getKey(), "null");
      }
    }
    return map;
  }

  private static String object(Map<String, String> members) {
    return members.entrySet().stream()
        .map(member -> quote(member.getKey()) + ":" + member.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String json(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> quote(value.getStringValue());
      case BOOL_VALUE -> "" + value.getBoolValue();
      case INT_VALUE -> "" + value.getIntValue();
      case DOUBLE_VALUE -> JsonText.number(value.getDoubleValue());
      case BYTES_VALUE ->
          quote(Base64.getEncoder().encodeToString(value.getBytesValue().toByteArray()));
      case ARRAY_VALUE ->
          value.getArrayValue().getValuesList().stream()
              .map(Expected::json)
              .collect(Collectors.joining(",", "[", "]"));
      case KVLIST_VALUE -> object(attributes(value.getKvlistValue().getValuesList(), true));
      default -> "null";
    };
  }

  private static String body(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case DOUBLE_VALUE -> {
        double number = value.getDoubleValue();
        yield Double.isNaN(number)
            ? "NaN"
            : Double.isInfinite(number)
                ? (number > 0 ? "inf" : "-inf")
                : number == 0 && 1 / number < 0
                    ? "-0"
                    : new java.math.BigDecimal(Double.toString(number))
                        .stripTrailingZeros()
                        .toPlainString();
      }
      case BYTES_VALUE -> Base64.getEncoder().encodeToString(value.getBytesValue().toByteArray());
      case VALUE_NOT_SET, STRING_VALUE_STRINDEX -> "";
      default -> json(value);
    };
  }

  private static String quote(String text) {
    StringBuilder out = new StringBuilder();
    JsonText.quote(text, out);
    return out.toString();
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
