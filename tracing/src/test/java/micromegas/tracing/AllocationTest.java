package micromegas.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The hot entry points allocate nothing, whatever compiles them.
class AllocationTest {
  /// The measurement itself, once for all calls.
  private static final long NOISE = 2_000;

  @Test
  void nothingIsAllocatedWithAllCompilers() {
    try (Telemetry telemetry = AllocationProbe.start()) {
      assertThat(AllocationProbe.measure(telemetry))
          .hasSize(11)
          .allSatisfy((name, bytes) -> assertThat(bytes).as(name).isLessThan(NOISE));
    }
  }

  @Test
  void nothingIsAllocatedWithTheFirstCompilerAlone() throws IOException, InterruptedException {
    List<String> lines = probe("-XX:TieredStopAtLevel=1");
    assertThat(lines)
        .hasSize(11)
        .allSatisfy(line ->
            assertThat(Long.parseLong(line.substring(0, line.indexOf(' '))))
                .as(line)
                .isLessThan(NOISE));
  }

  private static List<String> probe(String flag) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                flag,
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                AllocationProbe.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return output.lines().toList();
  }
}
