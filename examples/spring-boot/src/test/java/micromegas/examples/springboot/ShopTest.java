package micromegas.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import micromegas.server.testing.TestServer;
import micromegas.tracing.AsyncSpanSite;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Sites;
import micromegas.tracing.Telemetry;
import micromegas.tracing.opentelemetry.OpenTelemetryBridge;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The shop, with the agent, sends to a server, and queries see all of it.
class ShopTest {
  private static final AsyncSpanSite PACK = Sites.here().asyncSpan("pack");

  @TempDir static Path folder;

  private static TestServer server;

  @BeforeAll
  static void start() {
    OpenTelemetryBridge.install(); // before anything uses a context
    server = TestServer.start(folder);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static List<String> rows(String sql) {
    return server.rows(sql);
  }

  private static String only(String sql) {
    return server.only(sql);
  }

  @Test
  void queriesSeeWhatTheShopDid() throws Exception {
    try (Shop shop = new Shop(server.ingestion())) {
      assertThat(shop.get("/orders/7")).isEqualTo(200);
      assertThat(shop.get("/orders/8")).isEqualTo(200);
      assertThat(shop.get("/orders/13")).isEqualTo(500);
    }
    String process =
        only(
            """
            SELECT process_id FROM processes
            WHERE property_get(properties, 'spring.application.name') = 'shop'
            """);

    String logs = "FROM view_instance('log_entries', '%s') ".formatted(process);
    assertThat(
            rows(
                "SELECT msg "
                    + logs
                    + "WHERE target = 'micromegas.examples.springboot.Orders' ORDER BY time"))
        .containsExactly("order 7 costs 799 cents", "order 8 costs 899 cents");
    assertThat(only("SELECT count(*) > 0 " + logs + "WHERE msg = 'stock is fine'"))
        .isEqualTo("true");
    assertThat(
            only(
                "SELECT level, property_get(properties, 'exception.type') "
                    + logs
                    + "WHERE msg LIKE '%nobody orders 13%' AND level <= 2"))
        .isEqualTo("2|java.lang.IllegalArgumentException");

    String measures = "FROM view_instance('measures', '%s') ".formatted(process);
    assertThat(
            only(
                "SELECT count(*), min(value) >= 0, min(property_get(properties, 'currency')) "
                    + measures
                    + "WHERE name = 'orders.priced'"))
        .isEqualTo("3|true|EUR");
    assertThat(only("SELECT count(*) > 0 " + measures + "WHERE name = 'jvm.memory.used'"))
        .isEqualTo("true");

    assertThat(
            rows(
                """
                SELECT name, target, count(*) FROM view_instance('async_events', '%s')
                WHERE event_type = 'end' AND name LIKE 'GET%%' GROUP BY name, target
                """
                    .formatted(process)))
        .containsExactly("GET /orders/{id}|http.server|3");
    assertThat(
            only(
                """
                SELECT count(*) > 0 FROM view_instance('async_events', '%s')
                WHERE name = 'StockReport::report'
                """
                    .formatted(process)))
        .isEqualTo("true");
    int spans = 0;
    for (String stream :
        rows(
            """
            SELECT DISTINCT stream_id FROM blocks
            WHERE process_id = '%s' AND array_has("streams.tags", 'cpu')
            """
                .formatted(process))) {
      spans +=
          Integer.parseInt(
              only(
                  """
                  SELECT count(*) FROM view_instance('thread_spans', '%s')
                  WHERE name = 'Prices::of' AND duration >= 0
                  """
                      .formatted(stream)));
    }
    assertThat(spans).isEqualTo(3);
    assertThat(only("SELECT count(*) FROM list_block_errors()")).isEqualTo("0");
  }

  /// The statements of docs/instrumentation.md.
  @Test
  void aTraceIdLeadsToNativeSpans() {
    Span span;
    try (Telemetry telemetry =
            Telemetry.builder()
                .server(server.ingestion())
                .spans(true)
                .consoleLevels(LevelFilter.OFF)
                .shutdownTimeout(Duration.ofSeconds(60))
                .start();
        SdkTracerProvider provider =
            SdkTracerProvider.builder()
                .addSpanProcessor(OpenTelemetryBridge.spanProcessor())
                .build()) {
      Tracer tracer = provider.get("shop");
      span = tracer.spanBuilder("order").startSpan();
      try (Scope scope = span.makeCurrent()) {
        PACK.run(() -> tracer.spanBuilder("label").startSpan().end());
      }
      span.end();
      tracer.spanBuilder("another").startSpan().end();
    }
    String[] found =
        only("""
        SELECT process_id, property_get(properties, 'async_span_id') AS root
        FROM log_entries
        WHERE target = 'opentelemetry.trace' AND property_get(properties, 'otel.trace_id') = '%s'
        """
                .formatted(span.getSpanContext().getTraceId()))
            .split("\\|", 2);
    assertThat(
            rows(
                """
                WITH RECURSIVE tree AS (
                  SELECT span_id, name, depth, time FROM view_instance('async_events', '%1$s')
                  WHERE event_type = 'begin' AND span_id = %2$s
                  UNION ALL
                  SELECT child.span_id, child.name, child.depth, child.time
                  FROM view_instance('async_events', '%1$s') AS child JOIN tree ON child.parent_span_id = tree.span_id
                  WHERE child.event_type = 'begin')
                SELECT name, depth FROM tree ORDER BY time
                """
                    .formatted((Object[]) found)))
        .containsExactly("order|0", "ShopTest::pack|1", "label|2");
  }
}
