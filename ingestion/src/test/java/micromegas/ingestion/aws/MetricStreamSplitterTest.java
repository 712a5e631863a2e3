package micromegas.ingestion.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Summary;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.List;
import micromegas.ingestion.otlp.Telemetry;
import org.junit.jupiter.api.Test;

class MetricStreamSplitterTest {
  private static final String ARN = "arn:aws:cloudwatch:us-east-1:1:metric-stream/s";

  @Test
  void metricsGoToTheServiceOfTheirNamespace() throws Exception {
    Metric rds = summary("a", " AWS/RDS ");
    Metric none = summary("b", "");
    Metric s3 = gauge("c", "AWS/S3");
    Metric rdsAgain = histogram("d", "aws/rds");
    InstrumentationScope scope = InstrumentationScope.newBuilder().setName("sc").build();
    Resource resource =
        Telemetry.resource(
                "cloud.account.id", "1",
                "service.namespace", " ",
                "aws.exporter.arn", ARN)
            .toBuilder()
            .setDroppedAttributesCount(3)
            .build();
    ResourceMetrics message =
        ResourceMetrics.newBuilder()
            .setResource(resource)
            .setSchemaUrl("url")
            .addScopeMetrics(
                ScopeMetrics.newBuilder()
                    .setScope(scope)
                    .setSchemaUrl("inner")
                    .addMetrics(rds)
                    .addMetrics(none)
                    .addMetrics(s3))
            .addScopeMetrics(ScopeMetrics.newBuilder().addMetrics(rdsAgain))
            .build();

    List<byte[]> messages = MetricStreamSplitter.split(message.toByteArray());

    ScopeMetrics.Builder first = ScopeMetrics.newBuilder().setScope(scope).setSchemaUrl("inner");
    assertThat(messages).hasSize(3);
    assertThat(ResourceMetrics.parseFrom(messages.get(0)))
        .isEqualTo(expected("AWS/Unknown", first.clone().addMetrics(none)));
    assertThat(ResourceMetrics.parseFrom(messages.get(1)))
        .isEqualTo(
            expected(
                "AWS/RDS",
                first.clone().addMetrics(rds),
                ScopeMetrics.newBuilder().addMetrics(rdsAgain)));
    assertThat(ResourceMetrics.parseFrom(messages.get(2)))
        .isEqualTo(expected("AWS/S3", first.clone().addMetrics(s3)));
  }

  private static ResourceMetrics expected(String service, ScopeMetrics.Builder... scopes) {
    ResourceMetrics.Builder message =
        ResourceMetrics.newBuilder()
            .setSchemaUrl("url")
            .setResource(
                Telemetry.resource(
                        "cloud.account.id", "1",
                        "service.namespace", "",
                        "aws.exporter.arn", ARN,
                        "service.instance.id", ARN,
                        "service.name", service)
                    .toBuilder()
                    .setDroppedAttributesCount(3));
    for (ScopeMetrics.Builder scope : scopes) {
      message.addScopeMetrics(scope);
    }
    return message.build();
  }

  @Test
  void otherResourcesStayAsTheyAre() {
    for (Resource resource :
        List.of(
            Telemetry.resource("service.name", "x", "aws.exporter.arn", ARN),
            Telemetry.resource("host.name", "x", "aws.exporter.arn", ARN),
            Telemetry.resource("aws.exporter.arn", " "),
            Telemetry.resource())) {
      byte[] message =
          ResourceMetrics.newBuilder()
              .setResource(resource)
              .addScopeMetrics(ScopeMetrics.newBuilder().addMetrics(gauge("c", "AWS/S3")))
              .build()
              .toByteArray();
      assertThat(MetricStreamSplitter.split(message)).containsExactly(message);
    }
    assertThat(MetricStreamSplitter.split(new byte[0])).containsExactly(new byte[0]);
  }

  private static Metric gauge(String name, String namespace) {
    return Metric.newBuilder()
        .setName(name)
        .setGauge(
            Gauge.newBuilder()
                .addDataPoints(NumberDataPoint.newBuilder().addAttributes(pair(namespace)))
                .addDataPoints(NumberDataPoint.newBuilder().addAttributes(pair("other"))))
        .build();
  }

  private static Metric histogram(String name, String namespace) {
    return Metric.newBuilder()
        .setName(name)
        .setHistogram(
            Histogram.newBuilder()
                .addDataPoints(HistogramDataPoint.newBuilder().addAttributes(pair(namespace))))
        .build();
  }

  private static Metric summary(String name, String namespace) {
    return Metric.newBuilder()
        .setName(name)
        .setSummary(
            Summary.newBuilder()
                .addDataPoints(SummaryDataPoint.newBuilder().addAttributes(pair(namespace))))
        .build();
  }

  private static KeyValue pair(String namespace) {
    return KeyValue.newBuilder()
        .setKey("Namespace")
        .setValue(AnyValue.newBuilder().setStringValue(namespace))
        .build();
  }
}
