package micromegas.tracing.opentelemetry.autoconfigure;

import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.logs.ConfigurableLogRecordExporterProvider;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import micromegas.tracing.opentelemetry.MicromegasLogRecordExporter;

/// `OTEL_LOGS_EXPORTER=micromegas`.
public final class LogRecordExporters implements ConfigurableLogRecordExporterProvider {
  @Override
  public LogRecordExporter createExporter(ConfigProperties config) {
    TelemetryStart.ensure(config);
    return new MicromegasLogRecordExporter();
  }

  @Override
  public String getName() {
    return TelemetryStart.NAME;
  }
}
