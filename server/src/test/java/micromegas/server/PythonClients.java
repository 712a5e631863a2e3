package micromegas.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/// The scripts in `src/test/python`, run in the Python environment of `./micromegas test`.
final class PythonClients {
  private PythonClients() {}

  /// Fails when the script does; skips the test when there is no Python.
  static void run(String script, String... arguments) throws IOException, InterruptedException {
    String python = System.getProperty("micromegas.python", "");
    Assumptions.assumeFalse(python.isEmpty(), "no -Dmicromegas.python");
    List<String> command = new ArrayList<>();
    command.add(python);
    command.add(Path.of("src/test/python", script).toAbsolutePath().toString());
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
  }
}
