package micromegas.otlp.block;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.metrics.v1.Summary;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import micromegas.otlp.Signal;
import org.junit.jupiter.api.Test;

class BlockScannerTest {
  private final BlockScanner scanner = new BlockScanner();

  @Test
  void logsAreBoundedByTheirTimes() {
    assertThat(logs(log(0, 0), log(20, 5), log(0, 30), log(10, 40)))
        .isEqualTo(new BlockSummary(4, true, 10, 30, 0));
    assertThat(logs(log(0, 0))).isEqualTo(new BlockSummary(1, false, 0, 0, 0));
    assertThat(logs()).isEqualTo(new BlockSummary(0, false, 0, 0, 0));
    assertThat(logs(log(Long.MIN_VALUE, 0), log(-1, 0), log(7, 0)))
        .isEqualTo(new BlockSummary(3, true, Long.MIN_VALUE, 7, 0));
  }

  private BlockSummary logs(LogRecord... records) {
    ScopeLogs.Builder scope = ScopeLogs.newBuilder();
    for (LogRecord record : records) {
      scope.addLogRecords(record);
    }
    return scan(
        Signal.LOGS,
        ResourceLogs.newBuilder().addScopeLogs(ScopeLogs.newBuilder()).addScopeLogs(scope).build());
  }

  private static LogRecord log(long time, long observed) {
    return LogRecord.newBuilder()
        .setTimeUnixNano(time)
        .setObservedTimeUnixNano(observed)
        .setSeverityText("x")
        .build();
  }

  @Test
  void spansAreBoundedByStartsAndEnds() {
    assertThat(spans(span(5, 9, 16, 8), span(3, 4, 16, 8), span(0, 11, 16, 8)))
        .isEqualTo(new BlockSummary(3, true, 3, 11, 1));
    assertThat(spans(span(5, 0, 16, 8))).isEqualTo(new BlockSummary(1, false, 0, 0, 1));
    assertThat(spans(span(0, 5, 16, 8))).isEqualTo(new BlockSummary(1, false, 0, 0, 1));
    assertThat(
            spans(
                span(1, 2, 0, 8),
                span(1, 2, 15, 8),
                span(1, 2, 17, 8),
                span(1, 2, 16, 0),
                span(1, 2, 16, 9),
                span(2, 1, 16, 8)))
        .isEqualTo(new BlockSummary(6, true, 1, 2, 5));
  }

  private BlockSummary spans(Span... spans) {
    ScopeSpans.Builder scope = ScopeSpans.newBuilder();
    for (Span span : spans) {
      scope.addSpans(span);
    }
    return scan(Signal.TRACES, ResourceSpans.newBuilder().addScopeSpans(scope).build());
  }

  private static Span span(long start, long end, int traceId, int spanId) {
    return Span.newBuilder()
        .setTraceId(ByteString.copyFrom(new byte[traceId]))
        .setSpanId(ByteString.copyFrom(new byte[spanId]))
        .setStartTimeUnixNano(start)
        .setEndTimeUnixNano(end)
        .build();
  }

  @Test
  void pointsOfAllKindsAreBoundedByTheirTimes() {
    NumberDataPoint point = NumberDataPoint.newBuilder().setTimeUnixNano(50).setAsInt(0).build();
    Metric gauge =
        Metric.newBuilder()
            .setName("g")
            .setGauge(
                Gauge.newBuilder()
                    .addDataPoints(point)
                    .addDataPoints(NumberDataPoint.newBuilder().setAsDouble(0))
                    .addDataPoints(NumberDataPoint.newBuilder().setTimeUnixNano(51))
                    .addDataPoints(NumberDataPoint.newBuilder().setTimeUnixNano(52).setFlags(1)))
            .build();
    Metric sum = Metric.newBuilder().setSum(Sum.newBuilder().addDataPoints(point)).build();
    Metric histogram =
        Metric.newBuilder()
            .setHistogram(
                Histogram.newBuilder()
                    .addDataPoints(HistogramDataPoint.newBuilder().setTimeUnixNano(60)))
            .build();
    Metric exponential =
        Metric.newBuilder()
            .setExponentialHistogram(
                ExponentialHistogram.newBuilder()
                    .addDataPoints(ExponentialHistogramDataPoint.newBuilder().setTimeUnixNano(40)))
            .build();
    Metric summary =
        Metric.newBuilder()
            .setSummary(
                Summary.newBuilder()
                    .addDataPoints(SummaryDataPoint.newBuilder().setTimeUnixNano(45)))
            .build();
    assertThat(metrics(gauge, sum, histogram, exponential, summary))
        .isEqualTo(new BlockSummary(11, true, 40, 60, 2));
    assertThat(metrics(Metric.newBuilder().setName("no data").build()).records()).isZero();
    assertThat(metrics(Metric.newBuilder().setGauge(Gauge.newBuilder()).build()).records())
        .isZero();
  }

  private BlockSummary metrics(Metric... metrics) {
    ScopeMetrics.Builder scope = ScopeMetrics.newBuilder();
    for (Metric metric : metrics) {
      scope.addMetrics(metric);
    }
    return scan(Signal.METRICS, ResourceMetrics.newBuilder().addScopeMetrics(scope).build());
  }

  private BlockSummary scan(Signal signal, Message message) {
    return scanner.scan(signal, message.toByteArray());
  }
}
