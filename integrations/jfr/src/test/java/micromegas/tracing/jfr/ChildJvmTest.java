package micromegas.tracing.jfr;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import micromegas.tracing.Telemetry;
import micromegas.transit.StreamInfo;
import net.jpountz.lz4.LZ4Factory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Programs in JVMs of their own: with other collectors, of another version, with parts missing.
/// All of them end right after the last event.
class ChildJvmTest {

  private static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  /// Another version of the JVM, the first of the path.
  private static Optional<Path> otherJava() throws IOException {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
      Path java = Path.of(folder, "java");
      if (Files.isExecutable(java)) {
        return java.toRealPath().equals(java().toRealPath()) ? Optional.empty() : Optional.of(java);
      }
    }
    return Optional.empty();
  }

  private static String classPath() {
    return Stream.of(
            EndingProgram.class,
            JfrRecorder.class,
            Telemetry.class,
            StreamInfo.class,
            LZ4Factory.class)
        .map(ChildJvmTest::location)
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String location(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private record Output(int status, List<String> lines) {}

  private static Output run(Path java, String... options) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(java.toString(), "-Xmx96m", "-Xshare:auto", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", classPath(), EndingProgram.class.getName()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Output(process.waitFor(), output.lines().toList());
  }

  @ParameterizedTest
  @CsvSource({
    "Serial, SerialOld, false",
    "Parallel, ParallelOld, false",
    "G1, G1Full, false",
    "Z, ZGC Major, true",
    "Shenandoah, Shenandoah, true"
  })
  void everyCollectorHasItsStreams(String collector, String name, boolean isConcurrent)
      throws Exception {
    String option = "-XX:+Use" + collector + "GC";
    Assumptions.assumeTrue(isKnown(option), "this JVM has the collector");
    List<String> lines = run(java(), option).lines();
    assertThat(lines)
        .contains("recording true", "java.lang.AssertionError: the last one")
        .anyMatch(line -> line.matches("heap after [1-9]\\d+"))
        .anyMatch(
            line -> line.startsWith("jvm-gc 0 ") && line.endsWith(" " + name + " (System.gc())"));
    if (isConcurrent) {
      assertThat(lines)
          .contains("jvm-gc-concurrent 0 " + name + " (System.gc())")
          .anyMatch(line -> line.matches("jvm-gc-concurrent [1-9] Concurrent .*"));
    }
  }

  private static boolean isKnown(String option) throws IOException, InterruptedException {
    return new ProcessBuilder(java().toString(), option, "-version")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  @Test
  void anOlderJvmIsRecordedToo() throws Exception {
    Path java = otherJava().orElse(null);
    Assumptions.assumeTrue(java != null, "there is another JVM");
    Output output = run(java, "-XX:+UseG1GC");
    Assumptions.assumeFalse(
        output.lines().toString().contains("UnsupportedClassVersionError"),
        "it can run the tests' classes");
    assertThat(output.lines())
        .contains(
            "recording true",
            "java.lang.AssertionError: the last one",
            "jvm-gc 0 GC Pause G1Full (System.gc())");
  }

  @Test
  void withoutTheModuleOfTheRecorderThereIsAWarning() throws Exception {
    Output output =
        run(java(), "--limit-modules=java.management,java.net.http,jdk.management,java.logging");
    assertThat(output.lines())
        .contains("recording false")
        .contains("no events of the flight recorder: this JVM is without the module jdk.jfr");
    assertThat(output.status()).isZero();
  }

  @Test
  void whereTheRecorderCannotWriteThereIsAWarning() throws Exception {
    Output output = run(java(), "-Djava.io.tmpdir=/dev/null/nothing");
    assertThat(output.lines())
        .contains("recording false")
        .anyMatch(line -> line.contains("no events of the flight recorder"));
    assertThat(output.status()).isZero();
  }
}
