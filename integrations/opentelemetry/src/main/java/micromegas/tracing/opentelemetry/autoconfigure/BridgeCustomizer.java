package micromegas.tracing.opentelemetry.autoconfigure;

import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizer;
import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizerProvider;
import micromegas.tracing.opentelemetry.OpenTelemetryBridge;

/// `otel.micromegas.bridge=true` (`OTEL_MICROMEGAS_BRIDGE`) installs the bridge.
public final class BridgeCustomizer implements AutoConfigurationCustomizerProvider {
  @Override
  public void customize(AutoConfigurationCustomizer customizer) {
    customizer.addTracerProviderCustomizer((builder, config) -> {
      if (config.getBoolean("otel.micromegas.bridge", false)) {
        TelemetryStart.ensure(config);
        OpenTelemetryBridge.install();
        builder.addSpanProcessor(OpenTelemetryBridge.spanProcessor());
      }
      return builder;
    });
  }
}
