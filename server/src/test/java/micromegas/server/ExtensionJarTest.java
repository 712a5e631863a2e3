package micromegas.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import micromegas.server.client.QueryClient;
import micromegas.server.client.QueryOptions;
import micromegas.server.testing.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The example of a jar with view sets, built as a user would and given to a running server.
class ExtensionJarTest {
  private static final Path EXAMPLE = Path.of("../examples/custom-views/src/main");
  private static final QueryOptions WITHOUT_RANGE =
      new QueryOptions(Optional.empty(), Optional.empty(), OptionalLong.empty(), "test");

  @TempDir private Path folder;

  @Test
  void viewsOfAJarAnswerNextToOurs() throws Exception {
    Path extensions = Files.createDirectories(folder.resolve("extensions"));
    buildJar(extensions.resolve("custom-views.jar"));
    try (TestServer server =
        TestServer.start(folder.resolve("data"), Map.of("extensions", extensions.toString()))) {
      QueryClient client = server.client();
      assertThat(Recording.NATIVE.send(server.ingestion().toString())).isPositive();

      Answer errors = ask(client, "SELECT count(*) AS n FROM log_entries WHERE level <= 2");
      assertThat(errors.rows()).doesNotContain("{n=0}");
      assertThat(ask(client, "SELECT count(*) AS n FROM log_errors")).isEqualTo(errors);
      assertThat(ask(client, "SELECT CAST(sum(errors) AS BIGINT) AS n FROM error_counts"))
          .isEqualTo(errors);
      assertThat(ask(client, "SELECT view_set_name FROM list_view_sets()").rows())
          .contains("{view_set_name=\"log_errors\"}", "{view_set_name=\"error_counts\"}");
    }
  }

  private static Answer ask(QueryClient client, String sql) {
    return Answer.of(client, sql, WITHOUT_RANGE);
  }

  private void buildJar(Path jar) throws IOException {
    Path classes = Files.createDirectories(folder.resolve("classes"));
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-proc:none",
                "-nowarn",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString()));
    try (Stream<Path> sources = Files.walk(EXAMPLE.resolve("java"))) {
      sources.map(Path::toString).filter(name -> name.endsWith(".java")).forEach(arguments::add);
    }
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, arguments.toArray(String[]::new)))
        .isZero();
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      add(out, classes);
      add(out, EXAMPLE.resolve("resources"));
    }
  }

  private static void add(JarOutputStream out, Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(root.relativize(file).toString()));
        Files.copy(file, out);
      }
    }
  }
}
