package micromegas.tracing.spring;

import jakarta.servlet.Filter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.server.WebFilter;
import org.springframework.web.servlet.handler.MappedInterceptor;

/// Records web requests, of either kind of server.
@AutoConfiguration(after = TelemetryAutoConfiguration.class)
@ConditionalOnBean(TelemetrySession.class)
@ConditionalOnProperty(prefix = "micromegas.requests", name = "enabled", matchIfMissing = true)
public class RequestsAutoConfiguration {

  @Bean
  RequestSpans micromegasRequestSpans(MicromegasProperties settings) {
    return new RequestSpans(settings.requests());
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({Filter.class, OncePerRequestFilter.class})
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
  static class Servlets {
    @Bean
    RequestFilter micromegasRequestFilter(RequestSpans requests) {
      return new RequestFilter(requests);
    }
  }

  /// Also for the handlers of the actuator, which take interceptors from beans alone.
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({Filter.class, OncePerRequestFilter.class, MappedInterceptor.class})
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
  static class Handlers {
    @Bean
    MappedInterceptor micromegasRouteInterceptor() {
      return new MappedInterceptor((String[]) null, new RouteInterceptor());
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(WebFilter.class)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
  static class Reactive {
    @Bean
    ReactiveRequestFilter micromegasRequestFilter(RequestSpans requests) {
      return new ReactiveRequestFilter(requests);
    }
  }
}
