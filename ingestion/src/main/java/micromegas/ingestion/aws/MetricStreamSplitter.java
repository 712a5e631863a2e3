package micromegas.ingestion.aws;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import micromegas.otlp.OtlpTags;
import micromegas.otlp.ProtoReader;
import micromegas.otlp.ProtoWriter;
import micromegas.otlp.identity.AttributeText;
import micromegas.otlp.identity.OtlpIds;
import micromegas.otlp.identity.ResourceAttributes;

/// Gives the metrics of a CloudWatch metric stream processes of their own. Such a stream names
/// nothing but an account and a region as their resource; the service that they are about is the
/// attribute `Namespace` of the data points. Stateless.
final class MetricStreamSplitter {
  private static final String ARN = "aws.exporter.arn";
  private static final String NAME = "service.name";
  private static final String NAMESPACE = "service.namespace";
  private static final String INSTANCE = "service.instance.id";
  private static final String UNKNOWN = "AWS/Unknown";

  /// @param name as first seen; empty for metrics without namespace
  private record Bucket(String name, ProtoWriter scopes) {}

  private MetricStreamSplitter() {}

  /// One canonical `ResourceMetrics` message per namespace, in their order, those without one
  /// first; the message itself when it is not from a metric stream.
  static List<byte[]> split(byte[] message) {
    ProtoReader reader = new ProtoReader().over(message, 0, message.length);
    if (!reader.next() || reader.tag() != OtlpTags.ResourceSignal.RESOURCE) {
      return List.of(message);
    }
    int begin = reader.begin();
    int end = reader.end();
    ResourceAttributes resource = ResourceAttributes.read(message, begin, end);
    boolean isMetricStream =
        !OtlpIds.normal(resource.text(ARN)).isEmpty()
            && OtlpIds.normal(resource.text(NAME)).isEmpty()
            && OtlpIds.normal(resource.text(NAMESPACE)).isEmpty()
            && OtlpIds.isDegenerate(resource);
    if (!isMetricStream) {
      return List.of(message);
    }
    Map<String, Bucket> buckets = new TreeMap<>();
    ProtoWriter schemaUrl = new ProtoWriter();
    while (reader.next()) {
      if (reader.tag() == OtlpTags.ResourceSignal.SCOPES) {
        scope(message, reader.begin(), reader.end(), buckets);
      } else {
        schemaUrl.raw(message, reader.fieldBegin(), reader.end());
      }
    }
    List<byte[]> messages = new ArrayList<>();
    for (Bucket bucket : buckets.values()) {
      ProtoWriter out = new ProtoWriter();
      nested(
          out,
          OtlpTags.ResourceSignal.RESOURCE,
          resource(
              message,
              begin,
              end,
              resource.text(ARN),
              bucket.name().isEmpty() ? UNKNOWN : bucket.name()));
      out.raw(bucket.scopes().array(), 0, bucket.scopes().size());
      out.raw(schemaUrl.array(), 0, schemaUrl.size());
      messages.add(out.toByteArray());
    }
    return messages;
  }

  /// Adds the metrics of a scope to the buckets of their namespaces.
  private static void scope(byte[] message, int begin, int end, Map<String, Bucket> buckets) {
    Map<String, Bucket> ofScope = new TreeMap<>();
    ProtoWriter before = new ProtoWriter();
    ProtoWriter after = new ProtoWriter();
    ProtoReader reader = new ProtoReader().over(message, begin, end);
    while (reader.next()) {
      if (reader.tag() == OtlpTags.ScopeSignal.RECORDS) {
        String namespace = namespace(message, reader.begin(), reader.end());
        ofScope
            .computeIfAbsent(
                OtlpIds.normal(namespace), key -> new Bucket(namespace, new ProtoWriter()))
            .scopes()
            .raw(message, reader.fieldBegin(), reader.end());
      } else {
        ProtoWriter part = reader.tag() == OtlpTags.ScopeSignal.SCOPE ? before : after;
        part.raw(message, reader.fieldBegin(), reader.end());
      }
    }
    ofScope.forEach((key, metrics) -> {
      ProtoWriter scope = new ProtoWriter();
      scope.raw(before.array(), 0, before.size());
      scope.raw(metrics.scopes().array(), 0, metrics.scopes().size());
      scope.raw(after.array(), 0, after.size());
      Bucket bucket =
          buckets.computeIfAbsent(key, absent -> new Bucket(metrics.name(), new ProtoWriter()));
      nested(bucket.scopes(), OtlpTags.ResourceSignal.SCOPES, scope);
    });
  }

  /// The namespace that the first data point of a metric names, trimmed; empty when it names none.
  private static String namespace(byte[] message, int begin, int end) {
    ProtoReader metric = new ProtoReader().over(message, begin, end);
    while (metric.next()) {
      int attributes =
          switch (metric.tag()) {
            case OtlpTags.Metric.GAUGE, OtlpTags.Metric.SUM -> OtlpTags.NumberDataPoint.ATTRIBUTES;
            case OtlpTags.Metric.HISTOGRAM -> OtlpTags.HistogramDataPoint.ATTRIBUTES;
            case OtlpTags.Metric.EXPONENTIAL_HISTOGRAM ->
                OtlpTags.ExponentialHistogramDataPoint.ATTRIBUTES;
            case OtlpTags.Metric.SUMMARY -> OtlpTags.SummaryDataPoint.ATTRIBUTES;
            default -> 0;
          };
      if (attributes == 0) {
        continue;
      }
      ProtoReader data = new ProtoReader().over(message, metric.begin(), metric.end());
      while (data.next()) {
        if (data.tag() == OtlpTags.MetricData.DATA_POINTS) {
          return pointNamespace(message, data.begin(), data.end(), attributes);
        }
      }
    }
    return "";
  }

  private static String pointNamespace(byte[] message, int begin, int end, int attributes) {
    ProtoReader point = new ProtoReader().over(message, begin, end);
    while (point.next()) {
      if (point.tag() == attributes && "Namespace".equals(key(message, point))) {
        ProtoReader pair = new ProtoReader().over(message, point.begin(), point.end());
        while (pair.next()) {
          if (pair.tag() == OtlpTags.KeyValue.VALUE) {
            return OtlpIds.trimmed(AttributeText.of(message, pair.begin(), pair.end()));
          }
        }
        return "";
      }
    }
    return "";
  }

  private static String key(byte[] message, ProtoReader field) {
    ProtoReader pair = new ProtoReader().over(message, field.begin(), field.end());
    return pair.next() && pair.tag() == OtlpTags.KeyValue.KEY
        ? new String(message, pair.begin(), pair.length(), StandardCharsets.UTF_8)
        : "";
  }

  /// The resource with the ids of a service, each in the place of an attribute of that name or at
  /// the end.
  private static ProtoWriter resource(
      byte[] message, int begin, int end, String instance, String name) {
    Map<String, String> wanted = new LinkedHashMap<>();
    wanted.put(INSTANCE, instance);
    wanted.put(NAME, name);
    Map<String, String> replaced = new LinkedHashMap<>(wanted);
    replaced.put(NAMESPACE, "");
    ProtoWriter attributes = new ProtoWriter();
    ProtoWriter rest = new ProtoWriter();
    ProtoReader reader = new ProtoReader().over(message, begin, end);
    while (reader.next()) {
      if (reader.tag() != OtlpTags.Resource.ATTRIBUTES) {
        rest.raw(message, reader.fieldBegin(), reader.end());
        continue;
      }
      String key = key(message, reader);
      String value = replaced.remove(key);
      if (value == null) {
        attributes.raw(message, reader.fieldBegin(), reader.end());
      } else {
        wanted.remove(key);
        pair(attributes, key, value);
      }
    }
    wanted.forEach((key, value) -> pair(attributes, key, value));
    attributes.raw(rest.array(), 0, rest.size());
    return attributes;
  }

  private static void pair(ProtoWriter out, String key, String text) {
    ProtoWriter value = new ProtoWriter();
    value.string(OtlpTags.AnyValue.STRING_VALUE >>> 3, text);
    ProtoWriter pair = new ProtoWriter();
    pair.string(OtlpTags.KeyValue.KEY >>> 3, key);
    nested(pair, OtlpTags.KeyValue.VALUE, value);
    nested(out, OtlpTags.Resource.ATTRIBUTES, pair);
  }

  private static void nested(ProtoWriter out, int tag, ProtoWriter content) {
    out.tag(tag >>> 3, ProtoReader.LENGTH_DELIMITED);
    out.bytes(content.array(), 0, content.size());
  }
}
