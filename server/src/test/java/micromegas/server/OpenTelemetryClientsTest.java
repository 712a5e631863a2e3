package micromegas.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporter;
import io.opentelemetry.exporter.otlp.metrics.OtlpGrpcMetricExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import micromegas.server.testing.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The SDKs of OpenTelemetry and its Java agent against a running server, over HTTP and gRPC.
class OpenTelemetryClientsTest {
  private static final int RECORDS = 250;

  private static final String LOGS =
      """
      SELECT msg, level, target, property_get(properties, 'even'),
        property_get(properties, 'otel.trace_id'), property_get(properties, 'otel.span_id')
      FROM log_entries WHERE exe = '%s'\
      """;

  private static final String SPANS =
      """
      SELECT name, lower(hex(trace_id)), lower(hex(span_id)), lower(hex(parent_span_id)),
        kind, status, status_message, property_get(properties, 'i')
      FROM trace_spans WHERE exe = '%s'\
      """;

  /// How often metrics are collected is up to the SDK.
  private static final String COUNTERS =
      """
      SELECT name, target, unit, max(value), property_get(properties, 'otel.metric.kind'),
        property_get(properties, 'i') AS series
      FROM measures WHERE exe = '%s' AND name = 'counter' GROUP BY ALL\
      """;

  private static final String HISTOGRAMS =
      """
      SELECT name, target, count, sum, min, max, quantile_from_histogram(histogram, 0.5)
      FROM otel_histograms WHERE exe = '%s' ORDER BY time DESC LIMIT 1\
      """;

  @TempDir static Path folder;

  private static TestServer server;

  @BeforeAll
  static void serve() {
    server = TestServer.start(folder);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String http() {
    return server.ingestion().toString();
  }

  private static String grpc() {
    return server.otlpGrpc().toString();
  }

  @ParameterizedTest
  @CsvSource({"false, none", "false, gzip", "true, none", "true, gzip"})
  void javaSdkIsServed(boolean overGrpc, String compression) {
    String service = "java-" + overGrpc + "-" + compression;
    Resource resource =
        Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), service));
    SpanExporter spans = spanExporter(overGrpc, compression);
    MetricExporter metrics = metricExporter(overGrpc, compression);
    LogRecordExporter logs = logExporter(overGrpc, compression);
    try (SdkTracerProvider tracers =
            SdkTracerProvider.builder()
                .setResource(resource)
                .addSpanProcessor(
                    BatchSpanProcessor.builder(spans).setMaxExportBatchSize(100).build())
                .build();
        SdkMeterProvider meters =
            SdkMeterProvider.builder()
                .setResource(resource)
                .registerMetricReader(PeriodicMetricReader.builder(metrics).build())
                .build();
        SdkLoggerProvider loggers =
            SdkLoggerProvider.builder()
                .setResource(resource)
                .addLogRecordProcessor(
                    BatchLogRecordProcessor.builder(logs).setMaxExportBatchSize(100).build())
                .build()) {
      List<String> expectedLogs = new ArrayList<>();
      List<String> expectedSpans = new ArrayList<>();
      Span root = tracers.get("scope").spanBuilder("root").startSpan();
      DoubleHistogram histogram = meters.get("scope").histogramBuilder("histogram").build();
      LongCounter counter = meters.get("scope").counterBuilder("counter").setUnit("{call}").build();
      for (int i = 0; i < RECORDS; i++) {
        Span span =
            tracers
                .get("scope")
                .spanBuilder("span")
                .setParent(Context.root().with(root))
                .setSpanKind(SpanKind.SERVER)
                .setAttribute("i", i)
                .startSpan();
        try (Scope current = span.makeCurrent()) {
          assertThat(current).isNotNull();
          loggers
              .get("scope")
              .logRecordBuilder()
              .setSeverity(Severity.WARN)
              .setBody("größer " + i)
              .setAttribute(AttributeKey.booleanKey("even"), i % 2 == 0)
              .emit();
          counter.add(1, Attributes.of(AttributeKey.longKey("i"), (long) (i % 10)));
          histogram.record(i);
        }
        span.setStatus(StatusCode.ERROR, "failed " + i);
        span.end();
        SpanContext ids = span.getSpanContext();
        expectedLogs.add(
            "größer %d|3|scope|%s|%s|%s"
                .formatted(i, i % 2 == 0, ids.getTraceId(), ids.getSpanId()));
        expectedSpans.add(
            "span|%s|%s|%s|SERVER|ERROR|failed %d|%d"
                .formatted(
                    ids.getTraceId(), ids.getSpanId(), root.getSpanContext().getSpanId(), i, i));
      }
      assertDone(tracers.forceFlush());
      assertDone(meters.forceFlush());
      assertDone(loggers.forceFlush());

      // At once: what has been acknowledged is there.
      assertThat(rows(LOGS, service)).containsExactlyInAnyOrderElementsOf(expectedLogs);
      assertThat(rows(SPANS, service)).containsExactlyInAnyOrderElementsOf(expectedSpans);
      // 250 calls, ten series.
      assertThat(rows(COUNTERS, service))
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, 10).mapToObj(i -> "counter|scope|{call}|25.0|sum|" + i).toList());
      // 0 to 249 in buckets with the bounds 0, 5, 10, 25, 50, 75, 100, 250: 101 values are up to
      // 100; the 125th is then 24/149 of the way from there to the 249 that is the maximum or to
      // the bound.
      assertThat(rows(HISTOGRAMS, service))
          .singleElement()
          .satisfies(row -> {
            assertThat(row).startsWith("histogram|scope|250|31125.0|0.0|249.0|");
            assertThat(quantile(row)).isBetween(123.0, 125.0);
          });
    }
  }

  private static void assertDone(CompletableResultCode result) {
    assertThat(result.join(20, TimeUnit.SECONDS).isSuccess()).isTrue();
  }

  private static SpanExporter spanExporter(boolean overGrpc, String compression) {
    return overGrpc
        ? OtlpGrpcSpanExporter.builder().setEndpoint(grpc()).setCompression(compression).build()
        : OtlpHttpSpanExporter.builder()
            .setEndpoint(http() + "/v1/traces")
            .setCompression(compression)
            .build();
  }

  private static MetricExporter metricExporter(boolean overGrpc, String compression) {
    return overGrpc
        ? OtlpGrpcMetricExporter.builder().setEndpoint(grpc()).setCompression(compression).build()
        : OtlpHttpMetricExporter.builder()
            .setEndpoint(http() + "/v1/metrics")
            .setCompression(compression)
            .build();
  }

  private static LogRecordExporter logExporter(boolean overGrpc, String compression) {
    return overGrpc
        ? OtlpGrpcLogRecordExporter.builder()
            .setEndpoint(grpc())
            .setCompression(compression)
            .build()
        : OtlpHttpLogRecordExporter.builder()
            .setEndpoint(http() + "/ingestion/otlp/v1/logs")
            .setCompression(compression)
            .build();
  }

  /// The agent instruments a program that knows nothing of it.
  @ParameterizedTest
  @CsvSource({"http/protobuf", "grpc"})
  void javaAgentIsServed(String protocol) throws Exception {
    String agent =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(path -> path.contains("opentelemetry-javaagent-"))
            .findFirst()
            .orElseThrow();
    Path classes =
        Path.of(
            InstrumentedProgram.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    String service = "agent-" + protocol.substring(0, 4);
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-javaagent:" + agent,
            "-cp",
            classes.toString(),
            InstrumentedProgram.class.getName(),
            http() + "/health");
    builder
        .environment()
        .putAll(
            Map.of(
                "OTEL_SERVICE_NAME", service,
                "OTEL_EXPORTER_OTLP_PROTOCOL", protocol,
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                    protocol.equals("grpc") ? grpc() : http() + "/ingestion/otlp"));
    Process program = builder.redirectErrorStream(true).start();
    String output = new String(program.getInputStream().readAllBytes());
    assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(program.exitValue()).as(output).isZero();

    assertThat(rows("SELECT msg, level, target FROM log_entries WHERE exe = '%s'", service))
        .containsExactly("answer 200|3|program");
    assertThat(
            spans(
                """
                SELECT name, kind, octet_length(trace_id), parent_span_id IS NULL AS root,
                  property_get(properties, 'http.response.status_code'),
                  property_get(properties, 'url.full')
                FROM view_instance('otel_spans', '%s')\
                """,
                service))
        .containsExactly("GET|CLIENT|16|true|200|" + http() + "/health");
    assertThat(
            rows(
                """
                SELECT DISTINCT name, unit, property_get(properties, 'otel.metric.kind'), value >= 0
                FROM measures WHERE exe = '%s' AND name = 'queueSize'\
                """,
                service))
        .containsExactly("queueSize|1|gauge|true");
    assertThat(
            rows(
                """
                SELECT count, quantile_from_histogram(histogram, 0.5) BETWEEN min AND max
                FROM otel_histograms
                WHERE exe = '%s' AND name = 'http.client.request.duration'\
                """,
                service))
        .containsOnly("1|true");
  }

  @Test
  void pythonSdkIsServed() throws Exception {
    PythonClients.run("opentelemetry_clients.py", http() + "/ingestion/otlp", grpc());

    for (String service : List.of("python-http", "python-grpc")) {
      // Python's SDK takes the ids of the current span, and its logger's name as the scope.
      List<String> spans =
          spans(
              """
              SELECT CAST(property_get(properties, 'i') AS BIGINT), lower(hex(trace_id)),
                lower(hex(span_id))
              FROM view_instance('otel_spans', '%s') WHERE name = 'span' AND kind = 'INTERNAL'\
              """,
              service);
      assertThat(spans).hasSize(100);
      assertThat(
              rows(
                  """
                  SELECT substr(msg, 9), property_get(properties, 'otel.trace_id'),
                    property_get(properties, 'otel.span_id')
                  FROM log_entries
                  WHERE exe = '%s' AND level = 4 AND msg LIKE 'message %%' AND target = exe\
                  """,
                  service))
          .containsExactlyInAnyOrderElementsOf(spans);
      assertThat(rows(COUNTERS, service)).containsExactly("counter|scope||100.0|sum|null");
      // 0 to 99; half of them are at most 49.5, linear between the bounds 25 and 50.
      assertThat(rows(HISTOGRAMS, service))
          .singleElement()
          .satisfies(row -> {
            assertThat(row).startsWith("histogram|scope|100|4950.0|0.0|99.0|");
            assertThat(quantile(row)).isBetween(48.0, 50.0);
          });
    }
  }

  private static double quantile(String row) {
    return Double.parseDouble(row.substring(row.lastIndexOf('|') + 1));
  }

  /// Rows of a query about the spans of a service, whose process id it has to name.
  private static List<String> spans(String sql, String service) {
    List<String> process = rows("SELECT process_id FROM processes WHERE exe = '%s'", service);
    assertThat(process).hasSize(1);
    return rows(sql, process.getFirst());
  }

  private static List<String> rows(String sql, String argument) {
    return server.rows(sql.formatted(argument));
  }
}
