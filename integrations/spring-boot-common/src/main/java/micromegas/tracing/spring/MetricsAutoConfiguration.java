package micromegas.tracing.spring;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import micromegas.tracing.micrometer.MicromegasMeterRegistry;
import micromegas.tracing.micrometer.MicromegasRegistryConfig;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/// Records the meters of an application that has Micrometer. The registry is one of those that Boot
/// composes.
@AutoConfiguration(
    after = TelemetryAutoConfiguration.class,
    afterName = {
      "org.springframework.boot.actuate.autoconfigure.metrics.MetricsAutoConfiguration",
      "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration"
    },
    beforeName = {
      "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
      "org.springframework.boot.actuate.autoconfigure.metrics.export.simple.SimpleMetricsExportAutoConfiguration",
      "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
      "org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration"
    })
@ConditionalOnClass({MeterRegistry.class, MicromegasMeterRegistry.class})
@ConditionalOnBean(TelemetrySession.class)
@ConditionalOnProperty(prefix = "micromegas.metrics", name = "enabled", matchIfMissing = true)
public class MetricsAutoConfiguration {

  /// Takes the session, so that it is closed, with a last step, before telemetry is.
  @Bean
  MicromegasMeterRegistry micromegasMeterRegistry(
      TelemetrySession session, MicromegasProperties settings) {
    MicromegasProperties.Metrics metrics = settings.metrics();
    Map<String, String> values =
        Map.of(
            "micromegas.step",
            metrics.step().toMillis() + "ms",
            "micromegas.events",
            String.join(",", metrics.events()));
    MicromegasRegistryConfig config = values::get;
    return new MicromegasMeterRegistry(config);
  }
}
