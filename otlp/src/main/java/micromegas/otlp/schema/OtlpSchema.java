package micromegas.otlp.schema;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/// The messages of OTLP, in the short notation of [SchemaReader].
///
/// Source: `opentelemetry-proto` 1.11. The reserved field 1000 of the resource messages and the
/// deprecated fields that no longer have a name are unknown fields. `key_strindex` and
/// `string_value_strindex` are there because the canonical form keeps them.
public final class OtlpSchema {
  private static final String MESSAGES =
      """
      ExportLogsServiceRequest
        1 resourceLogs ResourceLogs*
      ExportMetricsServiceRequest
        1 resourceMetrics ResourceMetrics*
      ExportTraceServiceRequest
        1 resourceSpans ResourceSpans*

      AnyValue
        1 stringValue string |
        2 boolValue bool |
        3 intValue int64 |
        4 doubleValue double |
        5 arrayValue ArrayValue |
        6 kvlistValue KeyValueList |
        7 bytesValue bytes |
        8 stringValueStrindex int32 |
      ArrayValue
        1 values AnyValue*
      KeyValueList
        1 values KeyValue*
      KeyValue
        1 key string
        2 value AnyValue
        3 keyStrindex int32
      InstrumentationScope
        1 name string
        2 version string
        3 attributes KeyValue*
        4 droppedAttributesCount uint32
      EntityRef
        1 schemaUrl string
        2 type string
        3 idKeys string*
        4 descriptionKeys string*
      Resource
        1 attributes KeyValue*
        2 droppedAttributesCount uint32
        3 entityRefs EntityRef*

      ResourceLogs
        1 resource Resource
        2 scopeLogs ScopeLogs*
        3 schemaUrl string
      ScopeLogs
        1 scope InstrumentationScope
        2 logRecords LogRecord*
        3 schemaUrl string
      LogRecord
        1 timeUnixNano fixed64
        2 severityNumber SeverityNumber
        3 severityText string
        5 body AnyValue
        6 attributes KeyValue*
        7 droppedAttributesCount uint32
        8 flags fixed32
        9 traceId id
        10 spanId id
        11 observedTimeUnixNano fixed64
        12 eventName string

      ResourceMetrics
        1 resource Resource
        2 scopeMetrics ScopeMetrics*
        3 schemaUrl string
      ScopeMetrics
        1 scope InstrumentationScope
        2 metrics Metric*
        3 schemaUrl string
      Metric
        1 name string
        2 description string
        3 unit string
        5 gauge Gauge |
        7 sum Sum |
        9 histogram Histogram |
        10 exponentialHistogram ExponentialHistogram |
        11 summary Summary |
        12 metadata KeyValue*
      Gauge
        1 dataPoints NumberDataPoint*
      Sum
        1 dataPoints NumberDataPoint*
        2 aggregationTemporality AggregationTemporality
        3 isMonotonic bool
      Histogram
        1 dataPoints HistogramDataPoint*
        2 aggregationTemporality AggregationTemporality
      ExponentialHistogram
        1 dataPoints ExponentialHistogramDataPoint*
        2 aggregationTemporality AggregationTemporality
      Summary
        1 dataPoints SummaryDataPoint*
      NumberDataPoint
        2 startTimeUnixNano fixed64
        3 timeUnixNano fixed64
        4 asDouble double |
        5 exemplars Exemplar*
        6 asInt sfixed64 |
        7 attributes KeyValue*
        8 flags uint32
      HistogramDataPoint
        2 startTimeUnixNano fixed64
        3 timeUnixNano fixed64
        4 count fixed64
        5 sum double?
        6 bucketCounts fixed64*
        7 explicitBounds double*
        8 exemplars Exemplar*
        9 attributes KeyValue*
        10 flags uint32
        11 min double?
        12 max double?
      ExponentialHistogramDataPoint
        1 attributes KeyValue*
        2 startTimeUnixNano fixed64
        3 timeUnixNano fixed64
        4 count fixed64
        5 sum double?
        6 scale sint32
        7 zeroCount fixed64
        8 positive Buckets
        9 negative Buckets
        10 flags uint32
        11 exemplars Exemplar*
        12 min double?
        13 max double?
        14 zeroThreshold double
      Buckets
        1 offset sint32
        2 bucketCounts uint64*
      SummaryDataPoint
        2 startTimeUnixNano fixed64
        3 timeUnixNano fixed64
        4 count fixed64
        5 sum double
        6 quantileValues ValueAtQuantile*
        7 attributes KeyValue*
        8 flags uint32
      ValueAtQuantile
        1 quantile double
        2 value double
      Exemplar
        2 timeUnixNano fixed64
        3 asDouble double |
        4 spanId id
        5 traceId id
        6 asInt sfixed64 |
        7 filteredAttributes KeyValue*

      ResourceSpans
        1 resource Resource
        2 scopeSpans ScopeSpans*
        3 schemaUrl string
      ScopeSpans
        1 scope InstrumentationScope
        2 spans Span*
        3 schemaUrl string
      Span
        1 traceId id
        2 spanId id
        3 traceState string
        4 parentSpanId id
        5 name string
        6 kind SpanKind
        7 startTimeUnixNano fixed64
        8 endTimeUnixNano fixed64
        9 attributes KeyValue*
        10 droppedAttributesCount uint32
        11 events Event*
        12 droppedEventsCount uint32
        13 links Link*
        14 droppedLinksCount uint32
        15 status Status
        16 flags fixed32
      Event
        1 timeUnixNano fixed64
        2 name string
        3 attributes KeyValue*
        4 droppedAttributesCount uint32
      Link
        1 traceId id
        2 spanId id
        3 traceState string
        4 attributes KeyValue*
        5 droppedAttributesCount uint32
        6 flags fixed32
      Status
        2 message string
        3 code StatusCode
      """;

  private static final Map<String, Map<String, Integer>> ENUMS =
      Map.of(
          "SeverityNumber", severities(),
          "AggregationTemporality",
              named("AGGREGATION_TEMPORALITY_", "UNSPECIFIED", "DELTA", "CUMULATIVE"),
          "SpanKind",
              named(
                  "SPAN_KIND_",
                  "UNSPECIFIED",
                  "INTERNAL",
                  "SERVER",
                  "CLIENT",
                  "PRODUCER",
                  "CONSUMER"),
          "StatusCode", named("STATUS_CODE_", "UNSET", "OK", "ERROR"));

  private static final Map<String, MessageType> TYPES = SchemaReader.read(MESSAGES, ENUMS);

  private OtlpSchema() {}

  /// The message of this name, such as `LogRecord`.
  ///
  /// @throws NullPointerException when OTLP has no such message
  public static MessageType message(String name) {
    return Objects.requireNonNull(TYPES.get(name), name);
  }

  /// All messages.
  public static Map<String, MessageType> messages() {
    return TYPES;
  }

  private static Map<String, Integer> severities() {
    Map<String, Integer> numbers = new LinkedHashMap<>();
    numbers.put("SEVERITY_NUMBER_UNSPECIFIED", 0);
    int number = 1;
    for (String level : new String[] {"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"}) {
      for (String step : new String[] {"", "2", "3", "4"}) {
        numbers.put("SEVERITY_NUMBER_" + level + step, number++);
      }
    }
    return Map.copyOf(numbers);
  }

  private static Map<String, Integer> named(String prefix, String... names) {
    Map<String, Integer> numbers = new LinkedHashMap<>();
    for (int i = 0; i < names.length; i++) {
      numbers.put(prefix + names[i], i);
    }
    return Map.copyOf(numbers);
  }
}
