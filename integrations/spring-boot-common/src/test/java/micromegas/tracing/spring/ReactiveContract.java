package micromegas.tracing.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import micromegas.tracing.SpanContext;
import micromegas.tracing.Telemetry;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testing.RecordedSpanEvent;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Mono;

/// What a reactive web application with a starter records. Each starter extends this, with its
/// Spring Boot on the class path.
abstract class ReactiveContract {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static List<RecordedSpanEvent> spans(MemorySink sink) {
    return sink.spans().values().stream().flatMap(List::stream).toList();
  }

  private static ConfigurableApplicationContext start(String... settings) {
    return new SpringApplicationBuilder(ReactiveApplication.class)
        .web(WebApplicationType.REACTIVE)
        .properties(
            "server.port=0",
            "spring.main.banner-mode=off",
            "spring.webflux.base-path=/shop",
            "logging.level.com.acme.shop=debug",
            "micromegas.jvm-period=0s")
        .properties(settings)
        .run();
  }

  private static int status(ConfigurableApplicationContext app, String method, String path)
      throws Exception {
    String port = app.getEnvironment().getProperty("local.server.port");
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(PATIENCE)
            .build();
    return HttpClient.newHttpClient()
        .send(request, HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void requestsAreNamedByTheirRoutes() throws Exception {
    Map<String, String> names = new LinkedHashMap<>();
    names.put("GET /shop/orders/7 200", "GET /shop/orders/{id}");
    names.put("GET /shop/orders/13 500", "GET /shop/orders/{id}");
    names.put("GET /shop/orders/14 410", "GET /shop/orders/{id}");
    names.put("GET /shop/all/three 200", "GET /shop/all/{of}");
    names.put("GET /shop/customers/anna 200", "GET /shop/customers/{name}");
    names.put("GET /shop/robots.txt 200", "GET /shop/**");
    names.put("GET /shop/wp-login.php 404", "GET /shop/**");
    names.put("GET /shop/actuator/health 200", "GET /shop/actuator/health");
    names.put("GET /shop/forbidden/9 403", "GET (unmatched)");
    names.put("GET /shop/broken/9 500", "GET (unmatched)");
    names.put("DELETE /shop/orders/7 405", "DELETE (unmatched)");
    MemorySink sink;
    try (ConfigurableApplicationContext app = start()) {
      sink = app.getBean(MemorySink.class);
      for (String request : names.keySet()) {
        String[] parts = request.split(" ");
        assertThat(status(app, parts[0], parts[1]))
            .as(request)
            .isEqualTo(Integer.parseInt(parts[2]));
      }
    }
    List<RecordedSpanEvent> requests =
        spans(sink).stream().filter(event -> event.target().equals("http.server")).toList();
    for (boolean begins : List.of(true, false)) {
      assertThat(requests)
          .filteredOn(event -> event.isBegin() == begins)
          .extracting(RecordedSpanEvent::name)
          .containsExactlyInAnyOrderElementsOf(names.values());
    }
    assertThat(spans(sink)).noneMatch(event -> event.target().equals("micrometer.observation"));
    RecordedSpanEvent load =
        spans(sink).stream()
            .filter(event -> event.name().equals("ReactiveApplication::load"))
            .findFirst()
            .orElseThrow();
    List<RecordedSpanEvent> parent =
        requests.stream().filter(event -> event.id() == load.parent()).toList();
    assertThat(parent).extracting(RecordedSpanEvent::name).containsOnly("GET /shop/orders/{id}");
    // What filters did before is inside.
    RecordedLog check =
        sink.logs().stream()
            .filter(log -> log.text().equals("checks /shop/orders/7"))
            .findFirst()
            .orElseThrow();
    long begin =
        parent.stream().filter(RecordedSpanEvent::isBegin).findFirst().orElseThrow().ticks();
    assertThat(begin).isLessThanOrEqualTo(check.ticks());
    assertThat(check.ticks()).isLessThan(load.ticks());
  }

  @Test
  void onlyRequestsThatFailHaveFailed() throws Exception {
    MemorySink sink;
    try (ConfigurableApplicationContext app = start("micromegas.requests.slower-than=1h")) {
      sink = app.getBean(MemorySink.class);
      assertThat(status(app, "GET", "/shop/orders/7")).isEqualTo(200);
      assertThat(status(app, "GET", "/shop/orders/14")).isEqualTo(410);
      assertThat(status(app, "GET", "/shop/nothing")).isEqualTo(404);
      assertThat(status(app, "GET", "/shop/orders/13")).isEqualTo(500);
    }
    assertThat(spans(sink))
        .filteredOn(event -> event.target().equals("http.server"))
        .extracting(RecordedSpanEvent::name, RecordedSpanEvent::isBegin)
        .containsExactly(
            tuple("GET /shop/orders/{id}", true), tuple("GET /shop/orders/{id}", false));
  }

  @Test
  void theContextOfARequestIsCurrentAndInReactorsContext() {
    MemorySink sink = new MemorySink();
    try (Telemetry telemetry =
        Telemetry.builder().sink(sink).spans(true).jvmPeriod(Duration.ZERO).start()) {
      ReactiveRequestFilter filter =
          new ReactiveRequestFilter(
              new RequestSpans(
                  new MicromegasProperties.Requests(true, Duration.ofHours(1), 0, 10)));
      for (HttpStatus status : List.of(HttpStatus.OK, HttpStatus.BAD_GATEWAY)) {
        MockServerWebExchange exchange =
            MockServerWebExchange.from(MockServerHttpRequest.get("/orders/" + status.value()));
        AtomicLong current = new AtomicLong();
        filter
            .filter(
                exchange,
                handled -> {
                  current.set(SpanContext.currentId());
                  handled.getResponse().setStatusCode(status);
                  return Mono.deferContextual(context -> {
                    SpanContext inside = context.get(SpanContext.class);
                    assertThat(inside.spanId()).isEqualTo(current.get());
                    return Mono.empty();
                  });
                })
            .block(PATIENCE);
        assertThat(current.get()).isNotZero();
        assertThat(SpanContext.currentId()).isZero();
      }
      filter
          .filter(
              MockServerWebExchange.from(MockServerHttpRequest.get("/failing")),
              handled -> Mono.error(new IllegalStateException("no luck")))
          .onErrorResume(failure -> Mono.empty())
          .block(PATIENCE);
      telemetry.flush(PATIENCE);
    }
    assertThat(spans(sink)).hasSize(4).allMatch(event -> event.name().equals("GET (unmatched)"));
  }
}
