package micromegas.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import micromegas.server.client.QueryClient;
import micromegas.server.client.QueryOptions;
import micromegas.server.testing.TestServer;
import micromegas.tracing.AsyncSpanSite;
import micromegas.tracing.IntMetric;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Log;
import micromegas.tracing.Name;
import micromegas.tracing.NamedSpanSite;
import micromegas.tracing.PropertySet;
import micromegas.tracing.Sites;
import micromegas.tracing.SpanScope;
import micromegas.tracing.SpanSite;
import micromegas.tracing.Telemetry;
import micromegas.tracing.Ticks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A small application that is instrumented with `tracing` sends to a server, and queries see what
/// it did.
class InstrumentedApplicationTest {
  private static final SpanSite PLACE = Sites.here().span("place");
  private static final NamedSpanSite STATEMENT = Sites.here().namedSpan();
  private static final AsyncSpanSite NOTIFY = Sites.here().asyncSpan("notify");
  private static final IntMetric LINES = Sites.here().intMetric("order_lines", "count");
  private static final IntMetric LATENCY = Sites.here().intMetric("order_latency", Ticks.UNIT);
  private static final Log LOG = Log.of("shop.Orders");
  private static final int ORDERS = 50;

  @TempDir static Path folder;

  @Test
  void queriesSeeLogsMetricsAndSpans() {
    try (TestServer server = TestServer.start(folder)) {
      String process;
      try (Telemetry telemetry =
          Telemetry.builder()
              .server(server.ingestion())
              .spans(true)
              .consoleLevels(LevelFilter.OFF)
              .jvmPeriod(Duration.ofSeconds(1))
              .property("version", "1.2.3")
              .shutdownHook(false)
              .start()) {
        process = telemetry.process().processId().toString();
        for (int order = 0; order < ORDERS; order++) {
          place(order);
          if (order == ORDERS / 2) {
            assertThat(telemetry.flush(Duration.ofSeconds(20))).isTrue();
          }
        }
      }
      ask(server.client(), process);
    }
  }

  private static void place(int order) {
    long begin = Ticks.now();
    try (SpanScope scope = PLACE.enter()) {
      LOG.info("order {} placed", order);
      LOG.log(
          micromegas.tracing.Level.DEBUG, "details", PropertySet.of("zone", "eu", "order", "x"));
      LINES.record(order % 7);
      try (SpanScope statement = STATEMENT.enter(Name.of("insert order"))) {
        NOTIFY.run(() -> {});
      }
    }
    LATENCY.record(Ticks.now() - begin);
  }

  private static void ask(QueryClient client, String process) {
    assertThat(
            rows(
                client,
                """
                SELECT target, level, count(*) AS n, min(msg) AS first
                FROM view_instance('log_entries', '%s') GROUP BY target, level ORDER BY level
                """
                    .formatted(process)))
        .containsExactly(
            "{first=\"details\", level=5, n=50, target=\"shop.Orders\"}",
            "{first=\"order 0 placed\", level=4, n=50, target=\"shop.Orders\"}");
    assertThat(
            rows(
                client,
                """
                SELECT name, unit, count(*) AS n FROM view_instance('measures', '%s')
                WHERE name LIKE 'order%%' GROUP BY name, unit ORDER BY name
                """
                    .formatted(process)))
        .containsExactly(
            "{n=50, name=\"order_latency\", unit=\"seconds\"}",
            "{n=50, name=\"order_lines\", unit=\"count\"}");
    assertThat(
            rows(
                client,
                """
                SELECT count(DISTINCT name) AS n FROM view_instance('measures', '%s')
                WHERE name IN ('jvm_heap_used', 'total_memory', 'clock_offset_ns')
                """
                    .formatted(process)))
        .containsExactly("{n=3}");
    String stream =
        rows(
                client,
                """
                SELECT stream_id AS s FROM blocks
                WHERE process_id = '%s' AND array_has("streams.tags", 'cpu') LIMIT 1
                """
                    .formatted(process))
            .get(0)
            .replaceAll("\\{s=\"(.*)\"}", "$1");
    assertThat(
            rows(
                client,
                """
                SELECT name, depth, count(*) AS n, bool_and(duration >= 0) AS ok
                FROM view_instance('thread_spans', '%s')
                WHERE depth > 0 AND target = 'micromegas.server.InstrumentedApplicationTest'
                GROUP BY name, depth
                """
                    .formatted(stream)))
        .containsExactly(
            "{depth=1, n=50, name=\"InstrumentedApplicationTest::place\", ok=\"true\"}",
            "{depth=2, n=50, name=\"insert order\", ok=\"true\"}");
    assertThat(rows(client, "SELECT count(*) AS n FROM list_block_errors()"))
        .containsExactly("{n=0}");
  }

  private static java.util.List<String> rows(QueryClient client, String sql) {
    return Answer.of(
            client,
            sql,
            new QueryOptions(Optional.empty(), Optional.empty(), OptionalLong.empty(), "test"))
        .rows();
  }
}
