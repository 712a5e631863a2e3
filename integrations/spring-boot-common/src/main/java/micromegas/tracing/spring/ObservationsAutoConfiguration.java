package micromegas.tracing.spring;

import io.micrometer.observation.ObservationHandler;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/// Makes spans of observations: runs of scheduled methods, calls of HTTP clients and whatever else
/// the application's libraries observe. Boot gives the handler to its registry.
@AutoConfiguration(after = TelemetryAutoConfiguration.class)
@ConditionalOnClass(ObservationHandler.class)
@ConditionalOnBean(TelemetrySession.class)
@ConditionalOnProperty(prefix = "micromegas.observations", name = "enabled", matchIfMissing = true)
public class ObservationsAutoConfiguration {

  @Bean
  ObservationSpans micromegasObservationSpans() {
    return new ObservationSpans();
  }
}
