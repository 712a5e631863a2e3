package micromegas.lakehouse.blocks.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import micromegas.common.CorruptDataException;
import micromegas.lakehouse.blocks.ParsedObject;
import micromegas.lakehouse.jsonb.JsonbText;
import micromegas.otlp.Signal;
import org.junit.jupiter.api.Test;

class OtlpBlockParserTest {
  @Test
  void logRecordsAreSpelledOut() {
    ResourceLogs.Builder logs = ResourceLogs.newBuilder();
    logs.getResourceBuilder().addAttributes(attribute("service.name", "shop"));
    logs.addScopeLogsBuilder()
        .addLogRecords(
            LogRecord.newBuilder()
                .setTimeUnixNano(-1)
                .setSeverityNumberValue(9)
                .setBody(AnyValue.newBuilder().setStringValue("hi"))
                .setTraceId(ByteString.copyFrom(new byte[] {(byte) 0xab, 1}))
                .addAttributes(attribute("k", "v")))
        .getScopeBuilder()
        .setName("lib");
    assertThat(parse(Signal.LOGS, logs.build().toByteArray()))
        .containsExactly(
            "otlp.LogRecord {\"__attributes\":{\"k\":\"v\"},\"__resource\":{\"service.name\":\"shop\"},"
                + "\"__scope\":{\"otel.scope.name\":\"lib\"},\"__type\":\"otlp.LogRecord\","
                + "\"attributes\":[{\"key\":\"k\",\"value\":{\"stringValue\":\"v\"}}],"
                + "\"body\":{\"stringValue\":\"hi\"},\"severityNumber\":9,"
                + "\"timeUnixNano\":\"18446744073709551615\",\"traceId\":\"ab01\"}");
  }

  @Test
  void dataPointsCarryTheirMetric() {
    ResourceMetrics.Builder metrics = ResourceMetrics.newBuilder();
    Metric.Builder sum = Metric.newBuilder().setName("n").setUnit("1").setDescription("d");
    sum.getSumBuilder()
        .setAggregationTemporalityValue(2)
        .setIsMonotonic(true)
        .addDataPoints(NumberDataPoint.newBuilder().setAsInt(7))
        .addDataPoints(NumberDataPoint.newBuilder().setAsDouble(0.5));
    Metric.Builder histogram = Metric.newBuilder().setName("h");
    histogram
        .getHistogramBuilder()
        .addDataPoints(
            HistogramDataPoint.newBuilder()
                .setCount(3)
                .addAllBucketCounts(List.of(1L, 2L))
                .addExplicitBounds(1.5));
    metrics
        .addScopeMetricsBuilder()
        .addMetrics(sum)
        .addMetrics(Metric.newBuilder().setName("without data"))
        .addMetrics(histogram);
    List<String> leaves = parse(Signal.METRICS, metrics.build().toByteArray());
    assertThat(leaves).hasSize(3);
    assertThat(leaves.get(0))
        .startsWith("otlp.NumberDataPoint ")
        .contains(
            "\"__metric\":{\"description\":\"d\",\"name\":\"n\",\"otel.metric.aggregation_temporality\":2,"
                + "\"otel.metric.is_monotonic\":true,\"otel.metric.kind\":\"sum\",\"unit\":\"1\"}")
        .contains("\"asInt\":\"7\"");
    assertThat(leaves.get(1)).contains("\"asDouble\":0.5");
    assertThat(leaves.get(2))
        .startsWith("otlp.HistogramDataPoint ")
        .contains("\"bucketCounts\":[\"1\",\"2\"]")
        .contains("\"count\":\"3\"")
        .contains("\"explicitBounds\":[1.5]")
        .contains("\"otel.metric.kind\":\"histogram\"");
  }

  @Test
  void spansOfDamagedBlocksComeUpToTheDamage() {
    byte[] one = RandomOtlp.span(span -> span);
    byte[] both = Arrays.copyOf(one, 2 * one.length);
    System.arraycopy(one, 0, both, one.length, one.length);
    assertThat(parse(Signal.TRACES, both)).hasSize(2);
    byte[] cut = Arrays.copyOf(both, both.length - 3);
    Iterator<ParsedObject> spans =
        new OtlpBlockParser(Signal.TRACES)
            .parse(OtlpBlocks.source(Signal.LOGS), OtlpBlocks.payload(one));
    assertThat(spans.next().typeName()).isEqualTo("otlp.Span");
    assertThat(spans.hasNext()).isFalse();
    assertThatThrownBy(() -> parse(Signal.TRACES, cut))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("block 103535ab-e449-5c36-8f88-cde270d49706");
  }

  private static KeyValue attribute(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  private static List<String> parse(Signal signal, byte[] message) {
    List<String> leaves = new ArrayList<>();
    new OtlpBlockParser(signal)
        .parse(OtlpBlocks.source(signal), OtlpBlocks.payload(message))
        .forEachRemaining(
            leaf -> leaves.add(leaf.typeName() + " " + JsonbText.format(leaf.value())));
    return leaves;
  }
}
