package micromegas.benchmarks.instrumentation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import micromegas.benchmarks.CheckFailedException;

/// Runs a class in a JVM of its own, so that no row meets what the compiler learned from another.
final class ChildJvm {
  private ChildJvm() {}

  /// The words of the line with the result.
  ///
  /// @param key first word of that line
  /// @param count words of that line
  static String[] run(String key, int count, List<String> flags, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx512m");
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exit = process.waitFor();
    for (String line : output.lines().toList()) {
      String[] words = line.split(" ", -1);
      if (exit == 0 && words.length == count && words[0].equals(key)) {
        return words;
      }
    }
    throw new CheckFailedException(
        "check failed: "
            + main.getSimpleName()
            + ' '
            + String.join(" ", arguments)
            + " gave no result: "
            + output);
  }
}
