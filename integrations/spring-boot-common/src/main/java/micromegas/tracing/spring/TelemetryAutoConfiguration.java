package micromegas.tracing.spring;

import micromegas.tracing.Telemetry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/// Starts telemetry with the application context, and closes it last.
@AutoConfiguration
@AutoConfigureOrder(Ordered.HIGHEST_PRECEDENCE)
@ConditionalOnProperty(prefix = "micromegas", name = "enabled", matchIfMissing = true)
@EnableConfigurationProperties(MicromegasProperties.class)
public class TelemetryAutoConfiguration {

  @Bean
  TelemetrySession micromegasTelemetrySession(
      MicromegasProperties settings,
      Environment environment,
      ObjectProvider<TelemetryCustomizer> more) {
    return new TelemetrySession(settings, environment, more.orderedStream().toList());
  }

  /// Closed by its session.
  @Bean(destroyMethod = "")
  Telemetry micromegasTelemetry(TelemetrySession session) {
    return session.telemetry();
  }
}
