/// Exporters of the OpenTelemetry SDK into the native format, and a bridge between its contexts and
/// the native ones.
module micromegas.tracing.opentelemetry {
  requires transitive micromegas.tracing;
  requires transitive io.opentelemetry.api;
  requires transitive io.opentelemetry.context;
  requires transitive io.opentelemetry.sdk.common;
  requires transitive io.opentelemetry.sdk.logs;
  requires transitive io.opentelemetry.sdk.metrics;
  requires transitive io.opentelemetry.sdk.trace;
  requires static io.opentelemetry.sdk.autoconfigure.spi;
  requires static org.jspecify;

  exports micromegas.tracing.opentelemetry;

  provides io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizerProvider with
      micromegas.tracing.opentelemetry.autoconfigure.BridgeCustomizer;
  provides io.opentelemetry.sdk.autoconfigure.spi.traces.ConfigurableSpanExporterProvider with
      micromegas.tracing.opentelemetry.autoconfigure.SpanExporters;
  provides io.opentelemetry.sdk.autoconfigure.spi.metrics.ConfigurableMetricExporterProvider with
      micromegas.tracing.opentelemetry.autoconfigure.MetricExporters;
  provides io.opentelemetry.sdk.autoconfigure.spi.logs.ConfigurableLogRecordExporterProvider with
      micromegas.tracing.opentelemetry.autoconfigure.LogRecordExporters;
}
