package micromegas.tracing.opentelemetry.autoconfigure;

import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizer;
import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizerProvider;
import micromegas.tracing.opentelemetry.OpenTelemetryBridge;
import micromegas.tracing.opentelemetry.OwnThreadsSampler;

/// `otel.micromegas.bridge=true` (`OTEL_MICROMEGAS_BRIDGE`) installs the bridge. Spans of the
/// library's own uploads are left out in any case.
public final class BridgeCustomizer implements AutoConfigurationCustomizerProvider {
  @Override
  public void customize(AutoConfigurationCustomizer customizer) {
    customizer.addSamplerCustomizer((sampler, config) -> new OwnThreadsSampler(sampler));
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
