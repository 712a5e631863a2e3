package micromegas.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import micromegas.server.client.QueryClient;
import micromegas.server.client.QueryOptions;
import micromegas.server.config.Configuration;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The SDKs of OpenTelemetry and its Java agent against a running server, over HTTP and gRPC.
class OpenTelemetryClientsTest {
  private static final int RECORDS = 250;

  @TempDir static Path folder;

  private static Micromegas server;
  private static RootAllocator allocator;
  private static QueryClient client;

  @BeforeAll
  static void serve() {
    server =
        Micromegas.start(
            Configuration.of(
                Map.of(
                    "data-dir", folder.toString(),
                    "ingestion-address", "127.0.0.1:0",
                    "otlp-grpc-address", "127.0.0.1:0",
                    "flight-address", "127.0.0.1:0",
                    "memory", "512MiB")),
            Map.of());
    allocator = new RootAllocator();
    client = QueryClient.connect("grpc://" + server.flightAddress().orElseThrow(), allocator);
  }

  @AfterAll
  static void stop() {
    client.close();
    allocator.close();
    server.close();
  }

  private static String http() {
    return "http://" + server.ingestionAddress().orElseThrow();
  }

  private static String grpc() {
    return "http://" + server.otlpGrpcAddress().orElseThrow();
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
      for (int i = 0; i < RECORDS; i++) {
        Span span = tracers.get("scope").spanBuilder("span").startSpan();
        try (Scope current = span.makeCurrent()) {
          assertThat(current).isNotNull();
          loggers
              .get("scope")
              .logRecordBuilder()
              .setSeverity(Severity.WARN)
              .setBody("größer " + i)
              .emit();
          meters
              .get("scope")
              .counterBuilder("counter")
              .build()
              .add(1, Attributes.of(AttributeKey.longKey("i"), (long) (i % 10)));
        }
        span.end();
      }
      assertDone(tracers.forceFlush());
      assertDone(meters.forceFlush());
      assertDone(loggers.forceFlush());
    }
    assertRecords(service, RECORDS, RECORDS);
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

    assertRecords(service, 1, 1);
  }

  @Test
  void pythonSdkIsServed() throws Exception {
    PythonClients.run("opentelemetry_clients.py", http() + "/ingestion/otlp", grpc());

    assertRecords("python-http", 100, 100);
    assertRecords("python-grpc", 100, 100);
  }

  /// How often metrics are collected is up to the SDK.
  private static void assertRecords(String service, int logs, int spans) {
    String sql =
        """
        SELECT "streams.format" AS format, CAST(sum(nb_objects) AS BIGINT) AS records
        FROM blocks WHERE "processes.exe" = '%s' GROUP BY "streams.format"\
        """
            .formatted(service);
    List<String> rows =
        Answer.of(
                client,
                sql,
                new QueryOptions(Optional.empty(), Optional.empty(), OptionalLong.empty(), "test"))
            .rows();
    assertThat(rows).hasSize(3);
    assertThat(rows.get(0)).isEqualTo("{format=\"otlp/v1/logs\", records=" + logs + "}");
    assertThat(rows.get(1)).matches("\\{format=\"otlp/v1/metrics\", records=[1-9]\\d*}");
    assertThat(rows.get(2)).isEqualTo("{format=\"otlp/v1/traces\", records=" + spans + "}");
  }
}
