package micromegas.tracing.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import micromegas.tracing.SpanContext;
import micromegas.tracing.Telemetry;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testing.RecordedMetric;
import micromegas.tracing.testing.RecordedSpanEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Mono;

/// What a web application with a starter records. Each starter extends this, with its Spring Boot
/// on the class path.
abstract class WebContract {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static ConfigurableApplicationContext start(String... settings) {
    return new SpringApplicationBuilder(ShopApplication.class)
        .properties(
            "server.port=0",
            "spring.main.banner-mode=off",
            "spring.application.name=shop",
            "logging.level.com.acme.shop=debug",
            "management.endpoint.health.show-details=always",
            "micromegas.jvm-period=0s")
        .properties(settings)
        .run();
  }

  private static HttpResponse<String> get(ConfigurableApplicationContext app, String path)
      throws IOException, InterruptedException {
    String port = app.getEnvironment().getProperty("local.server.port");
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(PATIENCE)
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static List<RecordedSpanEvent> spans(MemorySink sink) {
    return sink.spans().values().stream().flatMap(List::stream).toList();
  }

  private static RecordedSpanEvent begin(MemorySink sink, String name) {
    List<RecordedSpanEvent> found =
        spans(sink).stream()
            .filter(event -> event.isBegin() && event.isAsync() && event.name().equals(name))
            .toList();
    assertThat(found).as(name).hasSize(1);
    return found.get(0);
  }

  @Test
  void requestsTasksJobsLinesAndMetersAreRecorded() throws Exception {
    MemorySink sink;
    try (ConfigurableApplicationContext app = start()) {
      sink = app.getBean(MemorySink.class);
      assertThat(get(app, "/orders/7").body()).isEqualTo("order 7");
      assertThat(get(app, "/later/7").body()).isEqualTo("later 7");
      assertThat(get(app, "/actuator/health").body()).contains("micromegas").contains("processId");
      assertThat(app.getBean(CountDownLatch.class).await(60, TimeUnit.SECONDS)).isTrue();
    } // the server has finished its requests, the registry its last step
    assertThat(Telemetry.running()).isEmpty();
    assertThat(begin(sink, "GET /orders/{}").parent()).isZero();
    assertThat(begin(sink, "ShopApplication::load").parent())
        .isEqualTo(begin(sink, "GET /later/{}").id());
    assertThat(begin(sink, "Job::report").depth()).isZero();
    assertThat(spans(sink))
        .filteredOn(event -> event.target().equals("http.server"))
        .filteredOn(event -> !event.isBegin())
        .extracting(RecordedSpanEvent::name)
        .containsExactlyInAnyOrder("GET /orders/{}", "GET /later/{}", "GET /actuator/health");
    assertThat(sink.logs())
        .filteredOn(log -> log.target().equals(ShopApplication.LOGGER))
        .extracting(RecordedLog::text)
        .contains("order 7", "detail of 7", "loaded 7", "report");
    assertThat(sink.metrics())
        .extracting(RecordedMetric::name, RecordedMetric::value)
        .contains(tuple("orders.read", 1.0), tuple("http.server.requests.count", 1.0));
  }

  @Test
  void detailsOfFailedRequestsAreKept() throws Exception {
    MemorySink sink;
    try (ConfigurableApplicationContext app = start("micromegas.requests.slower-than=1h")) {
      sink = app.getBean(MemorySink.class);
      assertThat(get(app, "/orders/7").statusCode()).isEqualTo(200);
      assertThat(get(app, "/later/7").statusCode()).isEqualTo(200);
      assertThat(get(app, "/orders/13").statusCode()).isEqualTo(500);
      assertThat(get(app, "/later/13").statusCode()).isEqualTo(500);
    }
    assertThat(spans(sink))
        .extracting(RecordedSpanEvent::target, RecordedSpanEvent::name)
        .filteredOn(span -> span.toList().get(0).equals("http.server"))
        .containsOnly(
            tuple("http.server", "GET /orders/{}"), tuple("http.server", "GET /later/{}"));
    assertThat(begin(sink, "ShopApplication::load").parent())
        .isEqualTo(begin(sink, "GET /later/{}").id());
    assertThat(sink.logs())
        .extracting(RecordedLog::text)
        .contains("detail of 13", "loaded 13", "order 7", "order 13")
        .doesNotContain("detail of 7", "loaded 7");
  }

  @Test
  void reactiveRequestsAreRecorded() {
    MemorySink sink = new MemorySink();
    try (Telemetry telemetry =
        Telemetry.builder().sink(sink).spans(true).jvmPeriod(Duration.ZERO).start()) {
      ReactiveRequestFilter filter =
          new ReactiveRequestFilter(
              new RequestSpans(new MicromegasProperties.Requests(true, Duration.ofHours(1), 0)));
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
    assertThat(spans(sink))
        .extracting(RecordedSpanEvent::name)
        .containsExactly("GET /orders/{}", "GET /orders/{}", "GET /failing", "GET /failing");
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/,GET /",
    "GET,//orders//17/,GET /orders/{}",
    "POST,/api/v1/order-lines,POST /api/v1/order-lines",
    "BREW,/0f8fad5b-d9cb-469f-a165-70867728950e/index.html,OTHER /{}/index.html",
    "GET,/a/b/c/d/e/f/g/h/i,GET /a/b/c/d/e/f/g/h/…",
    "GET,/users/%C3%A4,GET /users/{}"
  })
  void namesOfRequestsHaveNoIds(String method, String path, String name) {
    assertThat(RequestNames.name(method, path)).isEqualTo(name);
  }
}
