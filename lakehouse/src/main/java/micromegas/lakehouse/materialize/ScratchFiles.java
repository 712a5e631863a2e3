package micromegas.lakehouse.materialize;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Local files on their way to the object store.
final class ScratchFiles {
  private static final Logger LOG = LoggerFactory.getLogger(ScratchFiles.class);

  private ScratchFiles() {}

  /// Deletes a file that may not exist; a failure is logged only, since it hides nothing.
  static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("cannot delete {}", file, e);
    }
  }
}
