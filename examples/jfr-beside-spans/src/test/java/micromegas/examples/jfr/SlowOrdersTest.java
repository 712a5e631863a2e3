package micromegas.examples.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import micromegas.server.Micromegas;
import micromegas.server.client.QueryClient;
import micromegas.server.client.QueryOptions;
import micromegas.server.config.Configuration;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One query over a running server finds the wait that made a span slow.
class SlowOrdersTest {
  @TempDir static Path folder;

  @Test
  void theQueryFindsWhatTheSlowSpanWaitedFor() throws Exception {
    Configuration configuration =
        Configuration.of(
            Map.of(
                "data-dir", folder.toString(),
                "ingestion-address", "127.0.0.1:0",
                "otlp-grpc-address", "127.0.0.1:0",
                "flight-address", "127.0.0.1:0",
                "memory", "512MiB"));
    try (Micromegas server = Micromegas.start(configuration, Map.of());
        RootAllocator allocator = new RootAllocator();
        QueryClient client =
            QueryClient.connect("grpc://" + server.flightAddress().orElseThrow(), allocator)) {
      String process =
          SlowOrders.run(URI.create("http://" + server.ingestionAddress().orElseThrow()));
      check(client, SlowOrders.query(process));
    }
  }

  private static void check(QueryClient client, String sql) {
    List<String> found = new ArrayList<>();
    client.query(
        sql,
        new QueryOptions(Optional.empty(), Optional.empty(), OptionalLong.empty(), "test"),
        batch -> rows(batch, found));
    assertThat(found)
        .anyMatch(row ->
            row.startsWith("Orders::place waited for customer (jvm)-")
                && row.endsWith(": enter monitor micromegas.examples.jfr.Orders"));
  }

  private static boolean rows(VectorSchemaRoot batch, List<String> found) {
    for (int row = 0; row < batch.getRowCount(); row++) {
      double milliseconds = ((Number) batch.getVector("paused").getObject(row)).doubleValue();
      assertThat(milliseconds).isPositive();
      found.add(
          "%s waited for %s: %s"
              .formatted(
                  batch.getVector("name").getObject(row),
                  batch.getVector("stream").getObject(row),
                  batch.getVector("pause").getObject(row)));
    }
    return true;
  }

  @Test
  void theDocumentationShowsThisQuery() throws IOException {
    Path root = Path.of(System.getProperty("micromegas.home", "../..")).toAbsolutePath();
    String text = Files.readString(root.resolve("docs/instrumentation.md"));
    assertThat(text).contains("```sql\n" + SlowOrders.query("PROCESS") + "```");
  }
}
