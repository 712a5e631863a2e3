package micromegas.tracing.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jcstress.annotations.State;

/// Runs [PublicationStress] by jcstress, in JVMs of its own with each of the compilers.
@Tag("slow")
class PublicationStressTest {
  private static final Path SOURCE =
      Path.of("src/test/java/micromegas/tracing/record/PublicationStress.java");

  @TempDir Path folder;

  @Test
  void aReaderSeesWholeEventsEachOnceInTheirOrder() throws IOException, InterruptedException {
    Path classes = Files.createDirectory(folder.resolve("classes"));
    String path = System.getProperty("java.class.path");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    // jcstress makes the classes that run the tests from their annotations.
    int compiled =
        compiler.run(
            null,
            null,
            null,
            "-proc:full",
            "-processor",
            "org.openjdk.jcstress.infra.processors.JCStressTestProcessor",
            "-nowarn",
            "-cp",
            path,
            "-d",
            classes.toString(),
            SOURCE.toString());
    assertThat(compiled).isZero();
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command(classes + File.pathSeparator + path))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    boolean ended = process.waitFor(20, TimeUnit.MINUTES);
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    String output = Files.readString(log, StandardCharsets.UTF_8);
    assertThat(ended).as(output).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    // One that was not run for want of processors would be missing here.
    long tests =
        Arrays.stream(PublicationStress.class.getDeclaredClasses())
            .filter(type -> type.isAnnotationPresent(State.class))
            .count();
    assertThat(output).contains("All remaining tests: " + tests + " matching test results");
  }

  private static List<String> command(String path) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", path, "org.openjdk.jcstress.Main"));
    command.addAll(
        List.of(System.getProperty("micromegas.jcstress", "-f 1 -iters 2 -time 300").split(" ")));
    return command;
  }
}
