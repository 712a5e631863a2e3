package micromegas.lakehouse.spans;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A thread may have any number of spans.
class SpanMemoryTest {
  @TempDir Path folder;

  /// Two million rows, which would be 80 MB as columns and more as a tree of objects.
  @Test
  void memoryDoesNotGrowWithTheSpans() throws Exception {
    write(20, 200_000, 1 << 16, "72m");
  }

  @Test
  @Tag("slow")
  void aHundredMillionEventsFitIntoOneGibibyte() throws Exception {
    write(200, 500_000, 1 << 20, "1g");
  }

  private void write(int blocks, int eventsPerBlock, int memoryRows, String heap)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx" + heap,
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            ManySpans.class.getName(),
            folder.toString(),
            Integer.toString(blocks),
            Integer.toString(eventsPerBlock),
            Integer.toString(memoryRows)));
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int exit = process.waitFor();
    String text = java.nio.file.Files.readString(output, StandardCharsets.UTF_8);
    assertThat(exit).as(text).isZero();
    assertThat(text.lines().toList())
        .as(text)
        .endsWith(Long.toString(ManySpans.rows(blocks, eventsPerBlock)));
  }
}
