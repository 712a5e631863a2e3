package micromegas.tracing.spring.boot4;

import micromegas.tracing.Telemetry;
import micromegas.tracing.spring.TelemetryAutoConfiguration;
import micromegas.tracing.spring.TelemetrySession;
import micromegas.tracing.spring.TelemetryState;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/// Tells the actuator whether telemetry runs, and what was lost.
@AutoConfiguration(after = TelemetryAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(TelemetrySession.class)
@ConditionalOnEnabledHealthIndicator("micromegas")
public class HealthAutoConfiguration {

  /// Never down: telemetry is no reason to stop an application.
  @Bean
  HealthIndicator micromegasHealthIndicator(TelemetrySession session) {
    Telemetry telemetry = session.telemetry();
    return () ->
        (TelemetryState.isRunning(telemetry) ? Health.up() : Health.unknown())
            .withDetails(TelemetryState.details(telemetry))
            .build();
  }
}
