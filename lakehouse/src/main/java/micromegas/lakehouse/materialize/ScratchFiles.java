package micromegas.lakehouse.materialize;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import micromegas.common.UnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Local files on their way to the object store.
public final class ScratchFiles {
  private static final Logger LOG = LoggerFactory.getLogger(ScratchFiles.class);

  private ScratchFiles() {}

  /// Deletes a file that may not exist; a failure is logged only, since it hides nothing.
  public static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("cannot delete {}", file, e);
    }
  }

  /// Deletes what a killed process left in its folder.
  ///
  /// @throws UnavailableException when the folder cannot be read
  public static void deleteAll(Path folder) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      files.filter(Files::isRegularFile).forEach(ScratchFiles::delete);
    } catch (IOException e) {
      throw new UnavailableException("cannot use the folder " + folder + ": " + e.getMessage(), e);
    }
  }
}
