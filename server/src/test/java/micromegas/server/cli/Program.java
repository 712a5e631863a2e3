package micromegas.server.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The command line in a JVM of its own, as the launcher starts it. What it writes to standard
/// error goes to the file `log` of its folder.
public final class Program implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;
  private final Path log;

  private Program(Process process, Path log) {
    this.process = process;
    this.out = process.inputReader();
    this.log = log;
  }

  /// @param prefix a command that runs the rest of its line, such as `nice`; may be empty
  /// @param folder for temporary files and the log
  public static Program start(List<String> prefix, Path folder, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Xmx256m",
            "-Djava.io.tmpdir=" + folder,
            "-Duser.home=" + System.getProperty("user.home"),
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName()));
    command.addAll(List.of(arguments));
    Path log = folder.resolve("log");
    return new Program(new ProcessBuilder(command).redirectError(log.toFile()).start(), log);
  }

  /// The next line of standard output; null at its end.
  String line() throws IOException {
    return out.readLine();
  }

  /// The next line of standard output that contains `text`.
  String lineWith(String text) throws IOException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.contains(text)) {
        return line;
      }
    }
    throw new AssertionError("it never said \"" + text + "\": " + log());
  }

  /// Sends SIGTERM and waits for the end.
  ///
  /// @return the exit code
  int terminate() throws InterruptedException {
    // Unlike Process.destroy, this leaves the pipe open.
    if (!process.toHandle().destroy()) {
      throw new AssertionError("it cannot be ended: " + log());
    }
    return exit();
  }

  /// Waits for the end of a command that writes little to standard output.
  ///
  /// @return the exit code
  public int exit() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("it does not end: " + log());
    }
    return process.exitValue();
  }

  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
