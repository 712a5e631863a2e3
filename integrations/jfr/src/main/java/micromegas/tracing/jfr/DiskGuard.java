package micromegas.tracing.jfr;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/// Whether the recorder may write its files: a JVM whose flight recorder finds the disk full ends
/// itself.
final class DiskGuard {
  private final long least;
  private final LongSupplier free;

  /// @param least bytes that stay free
  /// @param free bytes, see [#freeBytes]
  DiskGuard(long least, LongSupplier free) {
    this.least = least;
    this.free = free;
  }

  /// Whether recording has to stop.
  boolean isLow() {
    return free.getAsLong() < least;
  }

  /// Whether recording may begin; that takes some more, so that it does not begin and stop in turn.
  boolean isEnough() {
    return free.getAsLong() >= least + least / 4;
  }

  /// The bytes that the file system of the recorder's files still takes; the largest long when that
  /// cannot be asked for.
  static long freeBytes() {
    String folder =
        System.getProperty("jdk.jfr.repository", System.getProperty("java.io.tmpdir", "."));
    try {
      return Files.getFileStore(Path.of(folder)).getUsableSpace();
    } catch (IOException | RuntimeException e) {
      return Long.MAX_VALUE;
    }
  }
}
