package micromegas.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

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

      assertThat(demo.terminate()).as(demo::log).isZero();
      assertThat(folder.toFile().listFiles((_, name) -> name.startsWith("micromegas-demo-")))
          .singleElement()
          .satisfies(data -> assertThat(data.toPath().resolve("postgres")).isDirectory());
    }
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
