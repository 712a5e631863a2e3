package micromegas.tracing.spring;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import micromegas.tracing.Telemetry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/// Starts telemetry with the application context, and closes it last: what beans say at their end
/// counts.
@AutoConfiguration
@AutoConfigureOrder(Ordered.HIGHEST_PRECEDENCE)
@ConditionalOnProperty(prefix = "micromegas", name = "enabled", matchIfMissing = true)
@EnableConfigurationProperties(MicromegasProperties.class)
public class TelemetryAutoConfiguration {

  private static final String SESSION = "micromegasTelemetrySession";

  @Bean(SESSION)
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

  @Bean
  static SmartInitializingSingleton micromegasTelemetryIsLast(
      ConfigurableListableBeanFactory beans) {
    return () -> closeLast(beans);
  }

  /// A bean is destroyed after those that depend on it. Most were made before telemetry, and would
  /// be destroyed after it; the newest goes first, as ever.
  private static void closeLast(ConfigurableListableBeanFactory beans) {
    Set<String> needed = new HashSet<>();
    collectNeeded(beans, SESSION, needed);
    List<String> others = new ArrayList<>(List.of(beans.getSingletonNames()));
    Collections.reverse(others);
    for (String other : others) {
      if (beans.containsBeanDefinition(other) && !needed.contains(other)) {
        beans.registerDependentBean(SESSION, other);
      }
    }
  }

  private static void collectNeeded(
      ConfigurableListableBeanFactory beans, String name, Set<String> needed) {
    if (needed.add(name)) {
      for (String dependency : beans.getDependenciesForBean(name)) {
        collectNeeded(beans, dependency, needed);
      }
    }
  }
}
