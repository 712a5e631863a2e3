package micromegas.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
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

  /// Prints what it costs to create a small file in `folder`. That of ext4 rises from about 10 us
  /// to hundreds for minutes after many files near by were deleted, since it passes over their
  /// inodes one by one; rates of small objects then measure little else.
  static void describe(Path folder) {
    int files = 200;
    List<Path> created = new ArrayList<>();
    try {
      long start = System.nanoTime();
      for (int i = 0; i < files; i++) {
        created.add(Files.createFile(folder.resolve("yardstick-" + i)));
      }
      double micros = (System.nanoTime() - start) / 1e3 / files;
      System.out.printf(
          Locale.ROOT, "yardstick (create a file in %s): %.0f us%n", folder.getParent(), micros);
      for (Path file : created) {
        Files.delete(file);
      }
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
