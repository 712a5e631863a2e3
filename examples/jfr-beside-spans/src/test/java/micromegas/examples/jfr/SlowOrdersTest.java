package micromegas.examples.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import micromegas.server.client.QueryClient;
import micromegas.server.client.QueryOptions;
import micromegas.server.testing.TestServer;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One query over a running server finds the wait that made a span slow.
class SlowOrdersTest {
  @TempDir static Path folder;

  @Test
  void theQueryFindsWhatTheSlowSpanWaitedFor() throws Exception {
    try (TestServer server = TestServer.start(folder)) {
      check(server.client(), SlowOrders.query(SlowOrders.run(server.ingestion())));
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
