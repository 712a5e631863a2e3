package micromegas.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeTest {
  @TempDir private Path folder;

  @Test
  void saysReadyOnceAndStopsCleanlyOnSigterm() throws Exception {
    Path log = folder.resolve("log");
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "serve",
            "--data-dir=" + folder.resolve("data"),
            "--ingestion-address=127.0.0.1:0",
            "--otlp-grpc-address=127.0.0.1:0",
            "--flight-address=127.0.0.1:0",
            "--memory=512MiB"));
    Process server = new ProcessBuilder(command).redirectError(log.toFile()).start();
    try (BufferedReader out = server.inputReader()) {
      assertThat(out.readLine())
          .as(() -> "log of the server in " + log)
          .matches(
              "ready ingestion=http://127.0.0.1:\\d+ otlp=grpc://127.0.0.1:\\d+"
                  + " flight=grpc://127.0.0.1:\\d+ data=.*");

      // Unlike Process.destroy, this leaves the pipe open.
      assertThat(server.toHandle().destroy()).isTrue();

      assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(server.exitValue()).as(Files.readString(log)).isZero();
      assertThat(out.readLine()).isNull();
      assertThat(folder.resolve("data/postgres/data/postmaster.pid")).doesNotExist();
    } finally {
      server.destroyForcibly();
    }
  }
}
