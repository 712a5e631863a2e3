package micromegas.lake.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Whole folders at once.
final class FileTrees {
  private static final long LITTLE_SPACE = 64L << 20;

  private FileTrees() {}

  /// Deletes a folder with everything in it, without following links; an absent one is ignored.
  static void delete(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(root)) {
      List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.deleteIfExists(path);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /// Names a full disk where that is the likely reason of an error.
  static String describe(IOException error, Path folder) {
    return isFull(folder)
        ? "the disk is full (" + (usable(folder) >> 20) + " MiB left)"
        : error.toString();
  }

  static boolean isFull(Path folder) {
    return usable(folder) < LITTLE_SPACE;
  }

  /// Usable bytes on the disk of the nearest existing folder; [Long#MAX_VALUE] when unknown.
  static long usable(Path folder) {
    for (Path path = folder.toAbsolutePath(); path != null; path = path.getParent()) {
      if (Files.exists(path)) {
        try {
          return Files.getFileStore(path).getUsableSpace();
        } catch (IOException e) {
          return Long.MAX_VALUE;
        }
      }
    }
    return Long.MAX_VALUE;
  }
}
