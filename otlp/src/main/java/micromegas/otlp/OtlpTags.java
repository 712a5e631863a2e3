package micromegas.otlp;

/// The fields of the OTLP messages as protobuf tags, `(field number << 3) | wire type`, one nested
/// class per message. A field number is a tag shifted right by three.
///
/// Source: `opentelemetry-proto` 1.11.
public final class OtlpTags {
  private OtlpTags() {}

  /// A value of an attribute or a body; at most one field is set.
  public static final class AnyValue {
    public static final int STRING_VALUE = 1 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int BOOL_VALUE = 2 << 3 | ProtoReader.VARINT;
    public static final int INT_VALUE = 3 << 3 | ProtoReader.VARINT;
    public static final int DOUBLE_VALUE = 4 << 3 | ProtoReader.FIXED64;
    public static final int ARRAY_VALUE = 5 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int KVLIST_VALUE = 6 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int BYTES_VALUE = 7 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int STRING_VALUE_STRINDEX = 8 << 3 | ProtoReader.VARINT;

    private AnyValue() {}
  }

  /// Fields of `ArrayValue`.
  public static final class ArrayValue {
    public static final int VALUES = 1 << 3 | ProtoReader.LENGTH_DELIMITED;

    private ArrayValue() {}
  }

  /// Fields of `KeyValueList`.
  public static final class KeyValueList {
    public static final int VALUES = 1 << 3 | ProtoReader.LENGTH_DELIMITED;

    private KeyValueList() {}
  }

  /// Fields of `KeyValue`.
  public static final class KeyValue {
    public static final int KEY = 1 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int VALUE = 2 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int KEY_STRINDEX = 3 << 3 | ProtoReader.VARINT;

    private KeyValue() {}
  }

  /// Fields of `InstrumentationScope`.
  public static final class InstrumentationScope {
    public static final int NAME = 1 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int VERSION = 2 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int ATTRIBUTES = 3 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int DROPPED_ATTRIBUTES_COUNT = 4 << 3 | ProtoReader.VARINT;

    private InstrumentationScope() {}
  }

  /// Fields of `Resource`.
  public static final class Resource {
    public static final int ATTRIBUTES = 1 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int DROPPED_ATTRIBUTES_COUNT = 2 << 3 | ProtoReader.VARINT;
    public static final int ENTITY_REFS = 3 << 3 | ProtoReader.LENGTH_DELIMITED;

    private Resource() {}
  }

  /// Fields of `EntityRef`.
  public static final class EntityRef {
    public static final int SCHEMA_URL = 1 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int TYPE = 2 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int ID_KEYS = 3 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int DESCRIPTION_KEYS = 4 << 3 | ProtoReader.LENGTH_DELIMITED;

    private EntityRef() {}
  }

  /// The requests of the three signals, which have the same shape.
  public static final class ExportRequest {
    public static final int RESOURCES = 1 << 3 | ProtoReader.LENGTH_DELIMITED;

    private ExportRequest() {}
  }

  /// `ResourceLogs`, `ResourceMetrics` and `ResourceSpans`, which have the same shape.
  public static final class ResourceSignal {
    public static final int RESOURCE = 1 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int SCOPES = 2 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int SCHEMA_URL = 3 << 3 | ProtoReader.LENGTH_DELIMITED;

    private ResourceSignal() {}
  }

  /// `ScopeLogs`, `ScopeMetrics` and `ScopeSpans`, which have the same shape.
  public static final class ScopeSignal {
    public static final int SCOPE = 1 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int RECORDS = 2 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int SCHEMA_URL = 3 << 3 | ProtoReader.LENGTH_DELIMITED;

    private ScopeSignal() {}
  }

  /// Fields of `LogRecord`.
  public static final class LogRecord {
    public static final int TIME_UNIX_NANO = 1 << 3 | ProtoReader.FIXED64;
    public static final int SEVERITY_NUMBER = 2 << 3 | ProtoReader.VARINT;
    public static final int SEVERITY_TEXT = 3 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int BODY = 5 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int ATTRIBUTES = 6 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int DROPPED_ATTRIBUTES_COUNT = 7 << 3 | ProtoReader.VARINT;
    public static final int FLAGS = 8 << 3 | ProtoReader.FIXED32;
    public static final int TRACE_ID = 9 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int SPAN_ID = 10 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int OBSERVED_TIME_UNIX_NANO = 11 << 3 | ProtoReader.FIXED64;
    public static final int EVENT_NAME = 12 << 3 | ProtoReader.LENGTH_DELIMITED;

    private LogRecord() {}
  }

  /// Fields of `Metric`.
  public static final class Metric {
    public static final int NAME = 1 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int DESCRIPTION = 2 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int UNIT = 3 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int GAUGE = 5 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int SUM = 7 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int HISTOGRAM = 9 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int EXPONENTIAL_HISTOGRAM = 10 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int SUMMARY = 11 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int METADATA = 12 << 3 | ProtoReader.LENGTH_DELIMITED;

    private Metric() {}
  }

  /// `Gauge`, `Sum`, `Histogram`, `ExponentialHistogram` and `Summary`. The second field is absent
  /// in gauges and summaries, the third in all but sums.
  public static final class MetricData {
    public static final int DATA_POINTS = 1 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int AGGREGATION_TEMPORALITY = 2 << 3 | ProtoReader.VARINT;
    public static final int IS_MONOTONIC = 3 << 3 | ProtoReader.VARINT;

    private MetricData() {}
  }

  /// Fields of `NumberDataPoint`.
  public static final class NumberDataPoint {
    public static final int START_TIME_UNIX_NANO = 2 << 3 | ProtoReader.FIXED64;
    public static final int TIME_UNIX_NANO = 3 << 3 | ProtoReader.FIXED64;
    public static final int AS_DOUBLE = 4 << 3 | ProtoReader.FIXED64;
    public static final int EXEMPLARS = 5 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int AS_INT = 6 << 3 | ProtoReader.FIXED64;
    public static final int ATTRIBUTES = 7 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int FLAGS = 8 << 3 | ProtoReader.VARINT;

    private NumberDataPoint() {}
  }

  /// `BUCKET_COUNTS` and `EXPLICIT_BOUNDS` are packed; the `_UNPACKED` tags are the other form a
  /// reader has to accept.
  public static final class HistogramDataPoint {
    public static final int START_TIME_UNIX_NANO = 2 << 3 | ProtoReader.FIXED64;
    public static final int TIME_UNIX_NANO = 3 << 3 | ProtoReader.FIXED64;
    public static final int COUNT = 4 << 3 | ProtoReader.FIXED64;
    public static final int SUM = 5 << 3 | ProtoReader.FIXED64;
    public static final int BUCKET_COUNTS = 6 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int BUCKET_COUNTS_UNPACKED = 6 << 3 | ProtoReader.FIXED64;
    public static final int EXPLICIT_BOUNDS = 7 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int EXPLICIT_BOUNDS_UNPACKED = 7 << 3 | ProtoReader.FIXED64;
    public static final int EXEMPLARS = 8 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int ATTRIBUTES = 9 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int FLAGS = 10 << 3 | ProtoReader.VARINT;
    public static final int MIN = 11 << 3 | ProtoReader.FIXED64;
    public static final int MAX = 12 << 3 | ProtoReader.FIXED64;

    private HistogramDataPoint() {}
  }

  /// Fields of `ExponentialHistogramDataPoint`.
  public static final class ExponentialHistogramDataPoint {
    public static final int ATTRIBUTES = 1 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int START_TIME_UNIX_NANO = 2 << 3 | ProtoReader.FIXED64;
    public static final int TIME_UNIX_NANO = 3 << 3 | ProtoReader.FIXED64;
    public static final int COUNT = 4 << 3 | ProtoReader.FIXED64;
    public static final int SUM = 5 << 3 | ProtoReader.FIXED64;
    public static final int SCALE = 6 << 3 | ProtoReader.VARINT;
    public static final int ZERO_COUNT = 7 << 3 | ProtoReader.FIXED64;
    public static final int POSITIVE = 8 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int NEGATIVE = 9 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int FLAGS = 10 << 3 | ProtoReader.VARINT;
    public static final int EXEMPLARS = 11 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int MIN = 12 << 3 | ProtoReader.FIXED64;
    public static final int MAX = 13 << 3 | ProtoReader.FIXED64;
    public static final int ZERO_THRESHOLD = 14 << 3 | ProtoReader.FIXED64;

    private ExponentialHistogramDataPoint() {}
  }

  /// Fields of `Buckets`.
  public static final class Buckets {
    public static final int OFFSET = 1 << 3 | ProtoReader.VARINT;
    public static final int BUCKET_COUNTS = 2 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int BUCKET_COUNTS_UNPACKED = 2 << 3 | ProtoReader.VARINT;

    private Buckets() {}
  }

  /// Fields of `SummaryDataPoint`.
  public static final class SummaryDataPoint {
    public static final int START_TIME_UNIX_NANO = 2 << 3 | ProtoReader.FIXED64;
    public static final int TIME_UNIX_NANO = 3 << 3 | ProtoReader.FIXED64;
    public static final int COUNT = 4 << 3 | ProtoReader.FIXED64;
    public static final int SUM = 5 << 3 | ProtoReader.FIXED64;
    public static final int QUANTILE_VALUES = 6 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int ATTRIBUTES = 7 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int FLAGS = 8 << 3 | ProtoReader.VARINT;

    private SummaryDataPoint() {}
  }

  /// Fields of `ValueAtQuantile`.
  public static final class ValueAtQuantile {
    public static final int QUANTILE = 1 << 3 | ProtoReader.FIXED64;
    public static final int VALUE = 2 << 3 | ProtoReader.FIXED64;

    private ValueAtQuantile() {}
  }

  /// Fields of `Exemplar`.
  public static final class Exemplar {
    public static final int TIME_UNIX_NANO = 2 << 3 | ProtoReader.FIXED64;
    public static final int AS_DOUBLE = 3 << 3 | ProtoReader.FIXED64;
    public static final int SPAN_ID = 4 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int TRACE_ID = 5 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int AS_INT = 6 << 3 | ProtoReader.FIXED64;
    public static final int FILTERED_ATTRIBUTES = 7 << 3 | ProtoReader.LENGTH_DELIMITED;

    private Exemplar() {}
  }

  /// Fields of `Span`.
  public static final class Span {
    public static final int TRACE_ID = 1 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int SPAN_ID = 2 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int TRACE_STATE = 3 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int PARENT_SPAN_ID = 4 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int NAME = 5 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int KIND = 6 << 3 | ProtoReader.VARINT;
    public static final int START_TIME_UNIX_NANO = 7 << 3 | ProtoReader.FIXED64;
    public static final int END_TIME_UNIX_NANO = 8 << 3 | ProtoReader.FIXED64;
    public static final int ATTRIBUTES = 9 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int DROPPED_ATTRIBUTES_COUNT = 10 << 3 | ProtoReader.VARINT;
    public static final int EVENTS = 11 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int DROPPED_EVENTS_COUNT = 12 << 3 | ProtoReader.VARINT;
    public static final int LINKS = 13 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int DROPPED_LINKS_COUNT = 14 << 3 | ProtoReader.VARINT;
    public static final int STATUS = 15 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int FLAGS = 16 << 3 | ProtoReader.FIXED32;

    private Span() {}
  }

  /// Fields of `SpanEvent`.
  public static final class SpanEvent {
    public static final int TIME_UNIX_NANO = 1 << 3 | ProtoReader.FIXED64;
    public static final int NAME = 2 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int ATTRIBUTES = 3 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int DROPPED_ATTRIBUTES_COUNT = 4 << 3 | ProtoReader.VARINT;

    private SpanEvent() {}
  }

  /// Fields of `SpanLink`.
  public static final class SpanLink {
    public static final int TRACE_ID = 1 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int SPAN_ID = 2 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int TRACE_STATE = 3 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int ATTRIBUTES = 4 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int DROPPED_ATTRIBUTES_COUNT = 5 << 3 | ProtoReader.VARINT;
    public static final int FLAGS = 6 << 3 | ProtoReader.FIXED32;

    private SpanLink() {}
  }

  /// Fields of `Status`.
  public static final class Status {
    public static final int MESSAGE = 2 << 3 | ProtoReader.LENGTH_DELIMITED;
    public static final int CODE = 3 << 3 | ProtoReader.VARINT;

    private Status() {}
  }
}
