package micromegas.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedMetric;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process without a disk, whose server is away from the start and whose queue has no room.
class DisklessTest {
  @TempDir Path folder;

  @Test
  void nothingIsWrittenAndWhatIsDroppedIsInTheData() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-Djava.io.tmpdir=" + folder.resolve("missing"),
                "-Duser.home=" + folder.resolve("missing"),
                "-cp",
                System.getProperty("java.class.path"),
                DisklessTest.class.getName())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output.lines()).contains("logs true", "told true", "losses true");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  /// Records, and says what came of it.
  public static void main(String[] arguments) {
    MemorySink sink = new MemorySink();
    Telemetry telemetry =
        Telemetry.builder()
            .server(URI.create("http://127.0.0.1:9")) // nobody there
            .queueBytes(0, 0)
            .sink(sink)
            .spans(true)
            .consoleLevels(LevelFilter.OFF)
            .shutdownTimeout(Duration.ZERO)
            .start();
    Sites.here().span("work").enter().close();
    Log.of("diskless").info("a line");
    telemetry.flush(Duration.ZERO);
    boolean losses =
        telemetry
            .losses()
            .keySet()
            .containsAll(List.of("telemetry_dropped_logs", "telemetry_dropped_traces"));
    telemetry.close();
    List<String> metrics = sink.metrics().stream().map(RecordedMetric::name).toList();
    System.out.println("logs " + sink.logs().stream().anyMatch(l -> l.text().equals("a line")));
    System.out.println(
        "told "
            + metrics.containsAll(List.of("telemetry_dropped_logs", "telemetry_dropped_traces")));
    System.out.println("losses " + losses);
  }
}
