package micromegas.tracing.spring;

import java.time.Duration;
import micromegas.tracing.AsyncSpanSite;
import micromegas.tracing.Sites;
import micromegas.tracing.testing.MemorySink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// An application with a reactive web server.
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class ReactiveApplication {
  private static final AsyncSpanSite LOAD = Sites.here().asyncSpan("load");
  private static final Logger LOG = LoggerFactory.getLogger(ShopApplication.LOGGER);

  @Bean
  MemorySink sink() {
    return new MemorySink();
  }

  @Bean
  TelemetryCustomizer intoMemory(MemorySink sink) {
    return builder -> builder.sink(sink);
  }

  @Bean
  RouterFunction<ServerResponse> customers() {
    return RouterFunctions.route()
        .path(
            "/customers",
            nested ->
                nested.GET(
                    "/{name}",
                    request ->
                        ServerResponse.ok().bodyValue("hello " + request.pathVariable("name"))))
        .build();
  }

  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE + 10)
  WebFilter guard() {
    return (exchange, chain) -> {
      String path = exchange.getRequest().getPath().value();
      LOG.info("checks {}", path);
      if (path.endsWith("/forbidden/9")) {
        exchange.getResponse().setStatusCode(HttpStatus.FORBIDDEN);
        return exchange.getResponse().setComplete();
      }
      return path.endsWith("/broken/9")
          ? Mono.error(new IllegalStateException("no luck"))
          : chain.filter(exchange);
    };
  }

  @RestController
  static class Orders {
    @GetMapping("/orders/{id}")
    Mono<String> order(@PathVariable("id") int id) {
      if (id == 13) {
        return Mono.error(new IllegalStateException("no luck"));
      }
      if (id == 14) {
        return Mono.error(new ResponseStatusException(HttpStatus.GONE));
      }
      LOAD.run(() -> LOG.debug("loaded {}", id));
      return Mono.just("order " + id).delayElement(Duration.ofMillis(1));
    }

    @GetMapping("/all/{of}")
    Flux<String> all(@PathVariable("of") String of) {
      return Flux.just("one ", "two ", of);
    }
  }
}
