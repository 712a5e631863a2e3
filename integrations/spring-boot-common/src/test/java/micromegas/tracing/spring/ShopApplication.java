package micromegas.tracing.spring;

import io.micrometer.core.instrument.MeterRegistry;
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
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

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
