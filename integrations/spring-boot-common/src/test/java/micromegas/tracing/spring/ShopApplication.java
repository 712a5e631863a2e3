package micromegas.tracing.spring;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import micromegas.tracing.AsyncSpanSite;
import micromegas.tracing.Sites;
import micromegas.tracing.testing.MemorySink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/// An application with a web server, as users write them.
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableScheduling
class ShopApplication {
  static final String LOGGER = "com.acme.shop";
  private static final AsyncSpanSite LOAD = Sites.here().asyncSpan("load");
  private static final Logger LOG = LoggerFactory.getLogger(LOGGER);

  @Bean
  MemorySink sink() {
    return new MemorySink();
  }

  @Bean
  TelemetryCustomizer intoMemory(MemorySink sink) {
    return builder -> builder.sink(sink);
  }

  @Bean
  CountDownLatch jobDone() {
    return new CountDownLatch(1);
  }

  @Bean
  Job job(CountDownLatch done) {
    return new Job(done);
  }

  record Job(CountDownLatch done) {
    @Scheduled(fixedDelay = 3_600_000)
    public void report() {
      LOG.info("report");
      done.countDown();
    }
  }

  @Bean
  RouterFunction<ServerResponse> customers() {
    return RouterFunctions.route()
        .path(
            "/customers",
            nested ->
                nested.GET(
                    "/{name}",
                    request -> ServerResponse.ok().body("hello " + request.pathVariable("name"))))
        .build();
  }

  /// A servlet beside Spring's.
  @Bean
  ServletRegistrationBean<HttpServlet> plain() {
    return new ServletRegistrationBean<>(
        new HttpServlet() {
          private static final long serialVersionUID = 1L;

          @Override
          protected void doGet(HttpServletRequest request, HttpServletResponse response)
              throws IOException {
            response.getWriter().print("plain");
          }
        },
        "/plain/*");
  }

  @Bean
  Guard guard() {
    return new Guard();
  }

  /// Lets most requests pass, but not at once.
  static final class Guard extends OncePerRequestFilter implements Ordered {
    @Override
    public int getOrder() {
      return 0;
    }

    @Override
    protected void doFilterInternal(
        HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws ServletException, IOException {
      LOG.info("checks {}", request.getRequestURI());
      if (request.getRequestURI().endsWith("/forbidden/9")) {
        response.setStatus(403);
      } else if (request.getRequestURI().endsWith("/broken/9")) {
        throw new IllegalStateException("no luck");
      } else {
        chain.doFilter(request, response);
      }
      LOG.info("checked {}", request.getRequestURI());
    }
  }

  /// Goes on elsewhere.
  @Controller
  static class Moved {
    @GetMapping("/moved/{id}")
    String moved(@PathVariable("id") int id) {
      return "forward:/orders/" + id;
    }
  }

  @RestController
  static class Orders {
    private final MeterRegistry registry;
    private final Executor executor;

    Orders(MeterRegistry registry, @Qualifier("applicationTaskExecutor") Executor executor) {
      this.registry = registry;
      this.executor = executor;
    }

    @GetMapping("/orders/{id}")
    String order(@PathVariable("id") int id) {
      registry.counter("orders.read").increment();
      LOG.debug("detail of {}", id);
      LOG.info("order {}", id);
      if (id == 13) {
        throw new IllegalStateException("no luck");
      }
      return "order " + id;
    }

    @GetMapping("/later/{id}")
    CompletableFuture<String> later(@PathVariable("id") int id) {
      return CompletableFuture.supplyAsync(
          () -> {
            LOAD.run(() -> LOG.debug("loaded {}", id));
            if (id == 13) {
              throw new IllegalStateException("no luck");
            }
            return "later " + id;
          },
          executor);
    }
  }
}
