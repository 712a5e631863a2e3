package micromegas.transit;

import java.util.List;

/// The type descriptions of what our writers write. Names, members and type indices are those of
/// the Rust client (`wire.md` 6.1 to 6.8); so are the layouts of dependencies, logs and metrics on
/// x86-64. Events of spans are packed. One log event is added, for dynamic targets with properties.
public final class ClientTypes {
  static final byte STATIC_STRING = 0;
  static final byte DESCRIPTOR = 2;
  static final byte PROPERTY_SET = 3;

  static final byte SPAN_DESCRIPTOR = 0;
  static final byte SPAN_LOCATION = 1;
  static final byte SPAN_STATIC_STRING = 2;

  static final byte LOG_STATIC = 0;
  static final byte LOG_STRING = 1;
  static final byte LOG_STATIC_INTEROP = 2;
  static final byte LOG_STRING_INTEROP = 3;
  static final byte LOG_TAGGED = 4;
  static final byte LOG_TAGGED_INTEROP = 5;

  static final byte METRIC_INTEGER = 0;
  static final byte METRIC_FLOAT = 1;
  static final byte METRIC_TAGGED_FLOAT = 2;
  static final byte METRIC_TAGGED_INTEGER = 3;

  private static final UserDefinedType STRING_ID =
      new UserDefinedType("StringId", 16, List.of(reference("id", "usize", 0)), true);
  private static final UserDefinedType STATIC_STRING_REF =
      new UserDefinedType("StaticStringRef", 16, List.of(reference("id", "usize", 0)), true);
  private static final UserDefinedType PROPERTY =
      new UserDefinedType(
          "Property",
          32,
          List.of(
              value("name", "StaticStringRef", 0, 16), value("value", "StaticStringRef", 16, 16)),
          false);

  private ClientTypes() {}

  /// `dependencies_metadata` of a log stream.
  public static List<UserDefinedType> logDependencies() {
    return List.of(
        variable("StaticString"),
        variable("StaticStringDependency"),
        fixed(
            "LogMetadataRecord",
            48,
            value("id", "u64", 0, 8),
            reference("fmt_str", "& 'static str", 8),
            reference("target", "& 'static str", 16),
            reference("module_path", "& 'static str", 24),
            reference("file", "& 'static str", 32),
            value("line", "u32", 40, 4),
            value("level", "u32", 44, 4)),
        variable("PropertySetDependency"),
        PROPERTY,
        STATIC_STRING_REF);
  }

  /// `objects_metadata` of a log stream.
  public static List<UserDefinedType> logObjects() {
    return List.of(
        fixed(
            "LogStaticStrEvent",
            16,
            reference("desc", "& 'static LogMetadata < 'static >", 0),
            value("time", "i64", 8, 8)),
        variable("LogStringEventV2"),
        fixed(
            "LogStaticStrInteropEvent",
            48,
            value("time", "i64", 32, 8),
            value("level", "u32", 40, 4),
            value("target", "StringId", 0, 16),
            value("msg", "StringId", 16, 16)),
        variable("LogStringInteropEventV3"),
        variable("TaggedLogString"),
        variable("TaggedLogInteropEvent"),
        STRING_ID,
        STATIC_STRING_REF);
  }

  /// `dependencies_metadata` of a metric stream.
  public static List<UserDefinedType> metricDependencies() {
    return List.of(
        variable("StaticString"),
        variable("StaticStringDependency"),
        fixed(
            "MetricMetadataDependency",
            48,
            value("id", "u64", 0, 8),
            reference("name", "& 'static str", 8),
            reference("unit", "& 'static str", 16),
            reference("target", "& 'static str", 24),
            reference("file", "& 'static str", 32),
            value("line", "u32", 40, 4),
            value("lod", "u32", 44, 4)),
        variable("PropertySetDependency"),
        PROPERTY,
        STATIC_STRING_REF);
  }

  /// `objects_metadata` of a metric stream.
  public static List<UserDefinedType> metricObjects() {
    return List.of(
        fixed(
            "IntegerMetricEvent",
            24,
            reference("desc", "& 'static StaticMetricMetadata", 0),
            value("value", "u64", 8, 8),
            value("time", "i64", 16, 8)),
        fixed(
            "FloatMetricEvent",
            24,
            reference("desc", "& 'static StaticMetricMetadata", 0),
            value("value", "f64", 8, 8),
            value("time", "i64", 16, 8)),
        fixed(
            "TaggedFloatMetricEvent",
            32,
            reference("desc", "& 'static StaticMetricMetadata", 0),
            reference("properties", "& 'static PropertySet", 8),
            value("value", "f64", 16, 8),
            value("time", "i64", 24, 8)),
        fixed(
            "TaggedIntegerMetricEvent",
            32,
            reference("desc", "& 'static StaticMetricMetadata", 0),
            reference("properties", "& 'static PropertySet", 8),
            value("value", "u64", 16, 8),
            value("time", "i64", 24, 8)));
  }

  /// `dependencies_metadata` of a `cpu` stream.
  public static List<UserDefinedType> spanDependencies() {
    return List.of(
        fixed(
            "SpanRecord",
            48,
            value("id", "u64", 0, 8),
            reference("name", "& 'static str", 8),
            reference("target", "& 'static str", 16),
            reference("module_path", "& 'static str", 24),
            reference("file", "& 'static str", 32),
            value("line", "u32", 40, 4),
            value("lod", "u32", 44, 4)),
        fixed(
            "SpanLocationRecord",
            40,
            value("id", "u64", 0, 8),
            reference("target", "& 'static str", 8),
            reference("module_path", "& 'static str", 16),
            reference("file", "& 'static str", 24),
            value("line", "u32", 32, 4),
            value("lod", "u32", 36, 4)),
        variable("StaticString"));
  }

  /// `objects_metadata` of a `cpu` stream: packed, names as plain references.
  public static List<UserDefinedType> spanObjects() {
    return List.of(
        threadSpan("BeginThreadSpanEvent"),
        threadSpan("EndThreadSpanEvent"),
        namedThreadSpan("BeginThreadNamedSpanEvent"),
        namedThreadSpan("EndThreadNamedSpanEvent"),
        asyncSpan("BeginAsyncSpanEvent"),
        asyncSpan("EndAsyncSpanEvent"),
        namedAsyncSpan("BeginAsyncNamedSpanEvent"),
        namedAsyncSpan("EndAsyncNamedSpanEvent"));
  }

  /// `objects_metadata` of an `image` stream, which has no dependencies.
  public static List<UserDefinedType> imageObjects() {
    return List.of(variable("ImageEvent"));
  }

  private static UserDefinedType threadSpan(String name) {
    return fixed(
        name,
        16,
        reference("thread_span_desc", "& 'static SpanMetadata", 0),
        value("time", "i64", 8, 8));
  }

  private static UserDefinedType namedThreadSpan(String name) {
    return fixed(
        name,
        24,
        reference("thread_span_location", "& 'static SpanLocation", 0),
        reference("name", "& 'static str", 8),
        value("time", "i64", 16, 8));
  }

  private static UserDefinedType asyncSpan(String name) {
    return fixed(
        name,
        36,
        reference("span_desc", "& 'static SpanMetadata", 0),
        value("span_id", "u64", 8, 8),
        value("parent_span_id", "u64", 16, 8),
        value("depth", "u32", 24, 4),
        value("time", "i64", 28, 8));
  }

  private static UserDefinedType namedAsyncSpan(String name) {
    return fixed(
        name,
        44,
        reference("span_location", "& 'static SpanLocation", 0),
        reference("name", "& 'static str", 8),
        value("span_id", "u64", 16, 8),
        value("parent_span_id", "u64", 24, 8),
        value("depth", "u32", 32, 4),
        value("time", "i64", 36, 8));
  }

  private static UserDefinedType variable(String name) {
    return new UserDefinedType(name, 0, List.of(), false);
  }

  private static UserDefinedType fixed(String name, int size, UserDefinedType.Member... members) {
    return new UserDefinedType(name, size, List.of(members), false);
  }

  private static UserDefinedType.Member reference(String name, String typeName, int offset) {
    return new UserDefinedType.Member(name, typeName, offset, 8, true);
  }

  private static UserDefinedType.Member value(String name, String typeName, int offset, int size) {
    return new UserDefinedType.Member(name, typeName, offset, size, false);
  }
}
