package micromegas.programs;

import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizer;
import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizerProvider;
import micromegas.tracing.Telemetry;

/// Beside our own parts in an extension of OpenTelemetry's agent: prints what is recorded there.
public final class PrintingExtension implements AutoConfigurationCustomizerProvider {
  @Override
  public void customize(AutoConfigurationCustomizer customizer) {
    customizer.addTracerProviderCustomizer((builder, config) -> {
      Telemetry.running().ifPresent(telemetry -> telemetry.attach(new PrintingSink("extension")));
      return builder;
    });
  }

  /// After our own parts, which have started telemetry then.
  @Override
  public int order() {
    return Integer.MAX_VALUE;
  }
}
