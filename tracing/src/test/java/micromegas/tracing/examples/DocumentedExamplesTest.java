package micromegas.tracing.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What `docs/instrumentation.md` shows is what tests of this module and of the integrations run:
/// the lines between `example: name` and `end`, in comments of Java, XML and property files.
class DocumentedExamplesTest {
  private static final Map<String, Pattern> MARKED =
      Map.of(
          "java", Pattern.compile("(?s)\\n *// example: (\\w+)\\n(.*?)\\n\\s*// end\\n"),
          "xml", Pattern.compile("(?s)\\n *<!-- example: (\\w+) -->\\n(.*?)\\n\\s*<!-- end -->\\n"),
          "properties", Pattern.compile("(?s)(?:^|\\n)# example: (\\w+)\\n(.*?)\\n# end\\n"));

  private static Path root() {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("docs/instrumentation.md"))) {
      root = root.getParent();
    }
    return root;
  }

  /// Tests of this module and of the integrations.
  private static List<Path> testFolders(Path root) throws IOException {
    List<Path> folders = new ArrayList<>(List.of(root.resolve("tracing/src/test")));
    try (Stream<Path> modules = Files.list(root.resolve("integrations"))) {
      modules
          .map(module -> module.resolve("src/test"))
          .filter(Files::isDirectory)
          .forEach(folders::add);
    }
    return folders;
  }

  /// The examples of a language, as the text shows them.
  private static List<String> examples(Path root, String language) throws IOException {
    List<String> examples = new ArrayList<>();
    for (Path folder : testFolders(root)) {
      List<Path> files;
      try (Stream<Path> all = Files.walk(folder)) {
        files = all.filter(file -> file.toString().endsWith("." + language)).sorted().toList();
      }
      for (Path file : files) {
        Matcher example = MARKED.get(language).matcher(Files.readString(file));
        while (example.find()) {
          examples.add("```" + language + "\n" + example.group(2).stripIndent().strip() + "\n```");
        }
      }
    }
    return examples;
  }

  @Test
  void theTextShowsWhatTestsRun() throws IOException {
    Path root = root();
    String text = Files.readString(root.resolve("docs/instrumentation.md"));
    for (String language : MARKED.keySet()) {
      Matcher block = Pattern.compile("(?s)```" + language + "\n.*?\n```").matcher(text);
      List<String> shown = block.results().map(result -> result.group()).toList();
      assertThat(shown)
          .as(language)
          .isNotEmpty()
          .containsExactlyInAnyOrderElementsOf(examples(root, language));
    }
  }
}
