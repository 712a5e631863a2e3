package micromegas.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import micromegas.server.config.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandsTest {
  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    return line.execute(arguments);
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve", "query", "demo", "test", "bench", "config", "perfetto"})
  void everyCommandHasHelp(String command) {
    assertThat(run(command, "--help")).isZero();
    assertThat(out.toString()).contains("Usage: micromegas " + command).contains("--help");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void theHelpOfServeNamesEverySetting() {
    assertThat(run("serve", "--help")).isZero();
    Settings.all().forEach(setting -> assertThat(out.toString()).contains("--" + setting.name()));
  }

  @Test
  void configShowsValuesWithTheirSourcesAndHidesSecrets() {
    assertThat(
            run(
                "config",
                "--flight-address=127.0.0.1:7",
                "--sql-connection-string=postgres://ann:hidden@db/lake",
                "--object-store-uri=file:///lake"))
        .as(err::toString)
        .isZero();
    assertThat(out.toString())
        .containsPattern("flight-address +127\\.0\\.0\\.1:7 +flag +127\\.0\\.0\\.1:50051 ")
        .doesNotContain("hidden");
    Settings.all().forEach(setting -> assertThat(out.toString()).contains(setting.environment()));
  }

  @Test
  void mistakesAreToldInOneLine() {
    assertThat(run("serve", "--memory=plenty")).isNotZero();
    assertThat(err.toString()).contains("--memory").contains("plenty").doesNotContain("\tat ");
    assertThat(run("explode")).isNotZero();
    assertThat(err.toString()).contains("explode");
  }

  /// The shell script, up to where it would build.
  @Test
  void theLauncherSaysWhichJdkItNeeds() throws Exception {
    // Without the launcher, tests run in the folder of their module.
    Path home = Path.of(System.getProperty("micromegas.home", ".."));
    Path script = home.resolve("micromegas").toAbsolutePath().normalize();
    Path link = Files.createSymbolicLink(folder.resolve("link"), script);
    for (Path path : List.of(script, link)) {
      ProcessBuilder builder =
          new ProcessBuilder(path.toString(), "config").redirectErrorStream(true);
      builder.environment().put("MICROMEGAS_JAVA_HOME", folder.toString());
      Process process = builder.start();
      List<String> lines = new ArrayList<>();
      try (var output = process.inputReader()) {
        output.lines().forEach(lines::add);
      }
      assertThat(process.waitFor()).isEqualTo(1);
      assertThat(lines)
          .containsExactly(
              "micromegas: MICROMEGAS_JAVA_HOME=" + folder + " is not a JDK 25 or later");
    }
    Files.delete(link);
  }
}
