package micromegas.tracing.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
    assertThat(begin(sink, "GET /orders/{id}").parent()).isZero();
    assertThat(begin(sink, "ShopApplication::load").parent())
        .isEqualTo(begin(sink, "GET /later/{id}").id());
    assertThat(begin(sink, "Job::report").depth()).isZero();
    assertThat(spans(sink))
        .filteredOn(event -> event.target().equals("http.server"))
        .filteredOn(event -> !event.isBegin())
        .extracting(RecordedSpanEvent::name)
        .containsExactlyInAnyOrder("GET /orders/{id}", "GET /later/{id}", "GET /actuator/health");
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
            tuple("http.server", "GET /orders/{id}"), tuple("http.server", "GET /later/{id}"));
    assertThat(begin(sink, "ShopApplication::load").parent())
        .isEqualTo(begin(sink, "GET /later/{id}").id());
    assertThat(sink.logs())
        .extracting(RecordedLog::text)
        .contains("detail of 13", "loaded 13", "order 7", "order 13")
        .doesNotContain("detail of 7", "loaded 7");
  }

  private static int status(ConfigurableApplicationContext app, String method, String path)
      throws IOException, InterruptedException {
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

  /// What a client asks for, and the name that the request has then. Nobody but the application
  /// adds names.
  @Test
  void requestsAreNamedByTheirRoutes() throws Exception {
    Map<String, String> names = new LinkedHashMap<>();
    names.put("GET /shop/orders/7 200", "GET /shop/orders/{id}");
    names.put("HEAD /shop/orders/8 200", "HEAD /shop/orders/{id}");
    names.put("GET /shop/orders/13 500", "GET /shop/orders/{id}");
    names.put("GET /shop/later/7 200", "GET /shop/later/{id}");
    names.put("GET /shop/later/13 500", "GET /shop/later/{id}");
    names.put("GET /shop/moved/7 200", "GET /shop/moved/{id}");
    names.put("GET /shop/customers/anna 200", "GET /shop/customers/{name}");
    names.put("GET /shop/plain/7 200", "GET /shop/plain/*");
    names.put("GET /shop/robots.txt 200", "GET /shop/**");
    names.put("GET /shop/wp-login.php 404", "GET /shop/**");
    names.put("GET /shop/.git/config 404", "GET /shop/**");
    names.put("GET /shop/actuator/health 200", "GET /shop/actuator/health");
    names.put(
        "GET /shop/actuator/metrics/jvm.memory.used 200",
        "GET /shop/actuator/metrics/{requiredMetricName}");
    names.put("GET /shop/forbidden/9 403", "GET (unmatched)");
    names.put("GET /shop/broken/9 500", "GET (unmatched)");
    names.put("DELETE /shop/orders/7 405", "DELETE (unmatched)");
    names.put("BREW /shop/orders/7 405", "OTHER (unmatched)");
    MemorySink sink;
    try (ConfigurableApplicationContext app =
        start(
            "server.servlet.context-path=/shop",
            "management.observations.http.server.requests.name=web",
            "management.endpoints.web.exposure.include=health,metrics")) {
      sink = app.getBean(MemorySink.class);
      for (String request : names.keySet()) {
        String[] parts = request.split(" ");
        assertThat(status(app, parts[0], parts[1]))
            .as(request)
            .isEqualTo(Integer.parseInt(parts[2]));
      }
    }
    for (boolean begins : List.of(true, false)) {
      assertThat(spans(sink))
          .filteredOn(event -> event.target().equals("http.server") && event.isBegin() == begins)
          .extracting(RecordedSpanEvent::name)
          .containsExactlyInAnyOrderElementsOf(names.values());
    }
    // Micrometer observes the same requests, under the name that is configured here.
    assertThat(sink.metrics()).extracting(RecordedMetric::name).contains("web.count");
    assertThat(spans(sink))
        .filteredOn(event -> event.target().equals("micrometer.observation"))
        .extracting(RecordedSpanEvent::name)
        .containsOnly("Job::report");
  }

  @Test
  void timeInFiltersBelongsToTheRequest() throws Exception {
    MemorySink sink;
    try (ConfigurableApplicationContext app = start()) {
      sink = app.getBean(MemorySink.class);
      assertThat(get(app, "/orders/7").statusCode()).isEqualTo(200);
    }
    RecordedSpanEvent begin = begin(sink, "GET /orders/{id}");
    RecordedSpanEvent end =
        spans(sink).stream()
            .filter(event -> event.id() == begin.id() && !event.isBegin())
            .findFirst()
            .orElseThrow();
    assertThat(sink.logs())
        .filteredOn(log -> log.text().endsWith(" /orders/7"))
        .extracting(RecordedLog::text)
        .containsExactly("checks /orders/7", "checked /orders/7");
    assertThat(sink.logs())
        .filteredOn(log -> log.text().endsWith(" /orders/7"))
        .allSatisfy(log -> assertThat(log.ticks()).isBetween(begin.ticks(), end.ticks()));
  }

  @Test
  void thereAreSoManyNames() {
    RequestNames names = new RequestNames(3);
    assertThat(names.of("GET", null)).hasToString("GET (unmatched)");
    assertThat(names.of("POST", "/a/{b}")).hasToString("POST /a/{b}");
    assertThat(names.of("PURGE", "/a")).hasToString("OTHER /a");
    assertThat(names.of("GET", "/one/more")).hasToString("(other requests)");
    assertThat(names.of("GET", null)).hasToString("GET (unmatched)");
  }

  @ParameterizedTest
  @CsvSource({
    "'','',/",
    "'',/,/",
    "'',/orders/{id},/orders/{id}",
    "/shop,'',/shop",
    "/shop,/**,/shop/**",
    "/shop,*.do,/shop/*.do"
  })
  void routesBeginWithThePathOfTheApplication(String prefix, String pattern, String route) {
    assertThat(RequestNames.route(prefix, pattern)).isEqualTo(route);
  }
}
