package micromegas.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Folders of benchmarks.
final class Folders {
  private Folders() {}

  /// A new folder on the same disk as the system's temporary files (`-Djava.io.tmpdir`).
  static Path create() {
    try {
      Path folder = Files.createTempDirectory("micromegas-bench-");
      // PostgreSQL may have to run as another user, who must reach its part.
      folder.toFile().setExecutable(true, false);
      folder.toFile().setReadable(true, false);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> entries = Files.walk(folder)) {
      List<Path> deepestFirst = entries.sorted(Comparator.reverseOrder()).toList();
      for (Path entry : deepestFirst) {
        Files.deleteIfExists(entry);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
