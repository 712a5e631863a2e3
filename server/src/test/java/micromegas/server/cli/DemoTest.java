package micromegas.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import micromegas.server.client.QueryClient;
import micromegas.server.client.QueryOptions;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
  @TempDir private Path folder;

  @Test
  void keepLeavesAServerThatAnswersUntilItIsStoppedAndItsData() throws Exception {
    try (Program demo = Program.start(List.of(), folder, "demo", "--keep")) {
      String ready = demo.lineWith("Ready after");
      String flight = ready.substring(ready.indexOf("grpc://"));
      demo.lineWith("The server goes on until Ctrl-C");

      assertThat(errors(flight)).isPositive();
      theCommandLineAsks(flight);

      assertThat(demo.terminate()).as(demo::log).isZero();
      assertThat(folder.toFile().listFiles((_, name) -> name.startsWith("micromegas-demo-")))
          .singleElement()
          .satisfies(data -> assertThat(data.toPath().resolve("postgres")).isDirectory());
    }
  }

  private void theCommandLineAsks(String uri) throws Exception {
    String sql = "SELECT 1 AS one, 'a,b' AS text UNION ALL SELECT 2, 'c' ORDER BY one";
    assertThat(query(0, "csv", sql, uri)).containsExactly("one,text", "1,\"a,b\"", "2,c");
    assertThat(query(0, "json", sql, uri))
        .containsExactly("[", "{\"one\":1,\"text\":\"a,b\"},", "{\"one\":2,\"text\":\"c\"}", "]");
    assertThat(query(0, "table", sql, uri)).anyMatch(line -> line.matches(".*1.*a,b.*"));
    assertThat(query(1, "csv", "SELECT nothing", uri)).isEmpty();
    assertThat(query(1, "tabular", sql, uri)).isEmpty();
  }

  private List<String> query(int exit, String format, String sql, String uri) throws Exception {
    Path own = Files.createTempDirectory(folder, "query");
    List<String> lines = new ArrayList<>();
    try (Program program =
        Program.start(List.of(), own, "query", sql, "--uri=" + uri, "--format=" + format)) {
      for (String line = program.line(); line != null; line = program.line()) {
        lines.add(line);
      }
      assertThat(program.exit()).as(program::log).isEqualTo(exit);
      assertThat(program.log()).contains(exit == 0 ? "2 rows in" : "micromegas: ");
    }
    return lines;
  }

  private static long errors(String uri) {
    List<Long> counts = new ArrayList<>();
    try (RootAllocator allocator = new RootAllocator();
        QueryClient client = QueryClient.connect(uri, allocator)) {
      client.query(
          "SELECT count(*) AS errors FROM log_entries WHERE level <= 2",
          new QueryOptions(Optional.empty(), Optional.empty(), OptionalLong.empty(), "test"),
          root -> {
            counts.add(((BigIntVector) root.getVector(0)).get(0));
            return true;
          });
    }
    return counts.getFirst();
  }
}
