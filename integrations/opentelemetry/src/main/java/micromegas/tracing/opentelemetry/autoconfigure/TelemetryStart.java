package micromegas.tracing.opentelemetry.autoconfigure;

import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.time.Duration;
import micromegas.tracing.Telemetry;
import micromegas.tracing.TelemetryBuilder;
import micromegas.tracing.opentelemetry.OpenExporters;

/// Telemetry for applications that know OpenTelemetry only.
final class TelemetryStart {
  /// The name of the exporters.
  static final String NAME = "micromegas";

  /// For the SDK, which gives its exporters 10 seconds when the JVM exits.
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private TelemetryStart() {}

  /// Starts telemetry unless it runs, with what its environment says, with spans, and with the name
  /// and the resource attributes of the service as properties of the process. It ends with the JVM,
  /// after the SDK has exported its last batches.
  static void ensure(ConfigProperties config) {
    if (Telemetry.running().isPresent()) {
      return;
    }
    try {
      TelemetryBuilder builder = Telemetry.builder().reuse(true).spans(true).shutdownHook(false);
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
      Telemetry telemetry = builder.start();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(telemetry), "micromegas-shutdown"));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("micromegas: " + e.getMessage(), e);
    }
  }

  private static void end(Telemetry telemetry) {
    try {
      OpenExporters.process().awaitShutdown(PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // what is there is sent
    }
    telemetry.close();
  }
}
