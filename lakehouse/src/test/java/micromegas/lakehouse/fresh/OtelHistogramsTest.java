package micromegas.lakehouse.fresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import micromegas.common.Nanos;
import micromegas.otlp.Signal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Histograms in a lake: kept whole and answering quantiles.
class OtelHistogramsTest {
  private static final Instant NOW = Instant.parse("2026-11-23T20:30:00Z");
  private static final long TIME = Nanos.fromInstant(NOW) - 1000;

  @TempDir Path folder;
  private LiveLake live;

  @BeforeEach
  void open() {
    live = new LiveLake(folder, NOW, FreshSettings.DEFAULT);
  }

  @AfterEach
  void close() {
    live.close();
  }

  @Test
  void explicitBucketsAreKeptAndAnswerQuantiles() {
    HistogramDataPoint.Builder point =
        HistogramDataPoint.newBuilder()
            .setStartTimeUnixNano(TIME - 5)
            .setTimeUnixNano(TIME)
            .setCount(10)
            .setSum(123.5)
            .setMin(1)
            .setMax(80)
            .addAllExplicitBounds(List.of(10.0, 20.0, 50.0))
            .addAllBucketCounts(List.of(4L, 4L, 0L, 2L))
            .addAttributes(
                KeyValue.newBuilder()
                    .setKey("route")
                    .setValue(AnyValue.newBuilder().setStringValue("/cart")));
    Metric.Builder metric = Metric.newBuilder().setName("latency").setUnit("ms");
    metric
        .getHistogramBuilder()
        .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA)
        .addDataPoints(point)
        .addDataPoints(HistogramDataPoint.newBuilder().setTimeUnixNano(TIME + 1).setCount(3))
        .addDataPoints(HistogramDataPoint.newBuilder().setTimeUnixNano(TIME).setFlags(1))
        .addDataPoints(HistogramDataPoint.newBuilder().setCount(1));
    LiveLake.Source source = insert(metric);
    String instance = "view_instance('otel_histograms', '" + source.processId() + "')";
    assertThat(
            live.query(
                "SELECT name, unit, kind, temporality, count, sum, min, max, jsonb_format_json(properties),"
                    + " jsonb_format_json(histogram) FROM "
                    + instance
                    + " ORDER BY time"))
        .containsExactly(
            "latency ms histogram delta 10 123.5 1.0 80.0 {\"route\":\"/cart\"}"
                + " {\"bounds\":[10.0,20.0,50.0],\"count\":10,\"counts\":[4,4,0,2],\"max\":80.0,\"min\":1.0,\"sum\":123.5}",
            "latency ms histogram delta 3 null null null {} {\"bounds\":[],\"count\":3,\"counts\":[]}");
    // The first bucket begins at the minimum, the last one ends at the maximum.
    assertThat(
            live.query(
                "SELECT quantile_from_histogram(histogram, 0.0), quantile_from_histogram(histogram, 0.4),"
                    + " quantile_from_histogram(histogram, 0.5), quantile_from_histogram(histogram, 0.9),"
                    + " quantile_from_histogram(histogram, 1), count_from_histogram(histogram),"
                    + " sum_from_histogram(histogram) FROM otel_histograms ORDER BY time LIMIT 1"))
        .containsExactly("1.0 10.0 12.5 65.0 80.0 10 123.5");
    // Twice the same point: the point of three without buckets does not fit.
    String twice =
        "(SELECT histogram AS h FROM otel_histograms WHERE sum > 0"
            + " UNION ALL SELECT histogram FROM otel_histograms WHERE sum > 0) t";
    assertThat(
            live.query(
                "SELECT count_from_histogram(sum_histograms(h)), sum_from_histogram(sum_histograms(h)),"
                    + " quantile_from_histogram(sum_histograms(h), 0.9),"
                    + " variance_from_histogram(sum_histograms(h)) > 0 FROM "
                    + twice))
        .containsExactly("20 247.0 65.0 true");
    assertThatThrownBy(() -> live.query("SELECT sum_histograms(histogram) FROM otel_histograms"))
        .hasMessageContaining("Error merging incompatible histograms");
    assertThat(
            live.count(
                "SELECT count(*) FROM measures WHERE process_id = '" + source.processId() + "'"))
        .isZero();
  }

  @Test
  void exponentialBucketsAreKeptAndAnswerQuantiles() {
    ExponentialHistogramDataPoint.Builder point =
        ExponentialHistogramDataPoint.newBuilder()
            .setTimeUnixNano(TIME)
            .setCount(8)
            .setScale(0)
            .setZeroCount(2)
            .setZeroThreshold(0.5);
    point.getPositiveBuilder().setOffset(1).addAllBucketCounts(List.of(2L, 2L)); // (2,4] (4,8]
    point.getNegativeBuilder().setOffset(0).addAllBucketCounts(List.of(2L)); // [-2,-1)
    Metric.Builder metric = Metric.newBuilder().setName("delta");
    metric.getExponentialHistogramBuilder().addDataPoints(point);
    insert(metric);
    assertThat(
            live.query(
                "SELECT kind, temporality, jsonb_format_json(histogram) FROM otel_histograms"))
        .containsExactly(
            "exponential_histogram unspecified {\"count\":8,\"negative\":{\"counts\":[2],\"offset\":0},"
                + "\"positive\":{\"counts\":[2,2],\"offset\":1},\"scale\":0,\"zero_count\":2,\"zero_threshold\":0.5}");
    assertThat(
            live.query(
                "SELECT quantile_from_histogram(histogram, 0.0), quantile_from_histogram(histogram, 0.125),"
                    + " quantile_from_histogram(histogram, 0.375), quantile_from_histogram(histogram, 0.5),"
                    + " quantile_from_histogram(histogram, 0.625), quantile_from_histogram(histogram, 1)"
                    + " FROM otel_histograms"))
        .containsExactly("-2.0 -1.5 0.0 0.5 3.0 8.0");
  }

  private LiveLake.Source insert(Metric.Builder metric) {
    LiveLake.Source source = OtelLake.source(live, Signal.METRICS);
    byte[] message =
        ResourceMetrics.newBuilder()
            .addScopeMetrics(ScopeMetrics.newBuilder().addMetrics(metric))
            .build()
            .toByteArray();
    OtelLake.insert(live, source, NOW, 4, message);
    return source;
  }
}
