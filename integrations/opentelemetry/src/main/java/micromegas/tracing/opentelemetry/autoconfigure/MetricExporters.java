package micromegas.tracing.opentelemetry.autoconfigure;

import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.metrics.ConfigurableMetricExporterProvider;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import micromegas.tracing.opentelemetry.MicromegasMetricExporter;

/// `OTEL_METRICS_EXPORTER=micromegas`.
public final class MetricExporters implements ConfigurableMetricExporterProvider {
  @Override
  public MetricExporter createExporter(ConfigProperties config) {
    TelemetryStart.ensure(config);
    return new MicromegasMetricExporter();
  }

  @Override
  public String getName() {
    return TelemetryStart.NAME;
  }
}
