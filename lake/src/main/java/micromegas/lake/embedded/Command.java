package micromegas.lake.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs a program and collects what it prints.
final class Command {
  /// @param exitCode of the program; -1 when it exceeded its time and was ended
  record Result(int exitCode, String output) {}

  private Command() {}

  static Result run(List<String> command, Duration limit) throws IOException {
    // A file and not a pipe: a server started by the program would keep the pipe open.
    Path output = Files.createTempFile("micromegas-command", ".log");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(output.toFile());
      // Messages are searched for known texts.
      builder.environment().put("LC_ALL", "C");
      builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
      Process process = builder.start();
      int exitCode = -1;
      try {
        if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
          exitCode = process.exitValue();
        } else {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
      return new Result(
          exitCode, Files.readString(output, java.nio.charset.StandardCharsets.ISO_8859_1).strip());
    } finally {
      Files.deleteIfExists(output);
    }
  }
}
