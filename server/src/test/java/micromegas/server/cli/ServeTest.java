package micromegas.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeTest {
  private static final String READY =
      "ready ingestion=http://127.0.0.1:\\d+ otlp=grpc://127.0.0.1:\\d+"
          + " flight=grpc://127.0.0.1:\\d+ data=.*";

  @TempDir private Path folder;

  @Test
  void saysReadyOnceAndStopsCleanlyOnSigterm() throws Exception {
    servesAndStops(List.of());
  }

  /// As root, a user namespace of its own makes the server another user; else we are one already.
  @Test
  void startsAsANormalUser() throws Exception {
    boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    List<String> otherUser =
        List.of("unshare", "--user", "--map-user=1000", "--map-group=1000", "--");
    servesAndStops(root ? otherUser : List.of());
  }

  private void servesAndStops(List<String> prefix) throws IOException, InterruptedException {
    try (Program server =
        Program.start(
            prefix,
            folder,
            "serve",
            "--data-dir=" + folder.resolve("data"),
            "--ingestion-address=127.0.0.1:0",
            "--otlp-grpc-address=127.0.0.1:0",
            "--flight-address=127.0.0.1:0",
            "--memory=512MiB")) {
      assertThat(server.line()).as(server::log).matches(READY);

      assertThat(server.terminate()).as(server::log).isZero();

      assertThat(server.line()).isNull();
      assertThat(folder.resolve("data/postgres/data/postmaster.pid")).doesNotExist();
    }
  }
}
