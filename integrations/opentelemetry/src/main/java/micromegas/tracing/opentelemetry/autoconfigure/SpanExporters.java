package micromegas.tracing.opentelemetry.autoconfigure;

import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.traces.ConfigurableSpanExporterProvider;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import micromegas.tracing.opentelemetry.MicromegasSpanExporter;

/// `OTEL_TRACES_EXPORTER=micromegas`.
public final class SpanExporters implements ConfigurableSpanExporterProvider {
  @Override
  public SpanExporter createExporter(ConfigProperties config) {
    TelemetryStart.ensure(config);
    return new MicromegasSpanExporter();
  }

  @Override
  public String getName() {
    return TelemetryStart.NAME;
  }
}
