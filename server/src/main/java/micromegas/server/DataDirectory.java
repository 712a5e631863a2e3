package micromegas.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import micromegas.common.ConflictException;
import micromegas.common.UnavailableException;
import org.jspecify.annotations.Nullable;

/// The folder of one running server:
///
/// | entry | holds |
/// |---|---|
/// | `server.lock` | locked while a server uses the folder |
/// | `postgres`, `lake` | the embedded database and object store |
/// | `cache` | copies of remote objects |
/// | `work` | rows of blocks that no partition holds yet, files on their way to the lake |
/// | `engine` | spilled data and the native library of the query engine |
///
/// All but `postgres` and `lake` can be deleted while no server runs.
final class DataDirectory implements AutoCloseable {
  private final Path root;
  private final FileChannel lockFile;

  private DataDirectory(Path root, FileChannel lockFile) {
    this.root = root;
    this.lockFile = lockFile;
  }

  /// Makes the folder when it is missing, and takes it for this process.
  ///
  /// @throws ConflictException when another server uses it
  /// @throws UnavailableException when it cannot be written
  static DataDirectory open(Path root) {
    try {
      Files.createDirectories(root);
      FileChannel channel =
          FileChannel.open(
              root.resolve("server.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!lock(channel)) {
        channel.close();
        throw new ConflictException("the data directory " + root + " is used by another server");
      }
      return new DataDirectory(root, channel);
    } catch (IOException e) {
      throw new UnavailableException("cannot use the data directory " + root + ": " + e, e);
    }
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      @Nullable FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  Path postgres() {
    return root.resolve("postgres");
  }

  Path lake() {
    return root.resolve("lake");
  }

  Path cache() {
    return root.resolve("cache");
  }

  Path work() {
    return root.resolve("work");
  }

  Path engine() {
    return root.resolve("engine");
  }

  /// Lets another server use the folder.
  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}
