package micromegas.tracing.opentelemetry.autoconfigure;

import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import micromegas.tracing.Telemetry;
import micromegas.tracing.TelemetryBuilder;

/// Telemetry for applications that know OpenTelemetry only.
final class TelemetryStart {
  /// The name of the exporters.
  static final String NAME = "micromegas";

  private TelemetryStart() {}

  /// Starts telemetry unless it runs, with what its environment says, with spans, and with the name
  /// and the resource attributes of the service as properties of the process. It ends with the JVM.
  static void ensure(ConfigProperties config) {
    if (Telemetry.running().isPresent()) {
      return;
    }
    try {
      TelemetryBuilder builder = Telemetry.builder().reuse(true).spans(true);
      config
          .getMap("otel.resource.attributes")
          .forEach((key, value) -> {
            if (!key.startsWith("micromegas.")) {
              builder.property(key, value);
            }
          });
      String service = config.getString("otel.service.name");
      if (service != null) {
        builder.property("service.name", service);
      }
      builder.start();
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("micromegas: " + e.getMessage(), e);
    }
  }
}
