package micromegas.lake.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// How the embedded PostgreSQL runs.
///
/// @param directory holds the data, the generated password, the log and the lock; created when
///   absent
/// @param unpackFolder where the server's binaries are unpacked once, shared by all directories
/// @param port TCP port on the loopback interface; 0 for any free one
/// @param startLimit longest wait for the server to accept connections, recovery after a crash
///   included
/// @param stopLimit longest wait for a clean stop before it is cut short
/// @param maxConnections connections that the server accepts
/// @param sharedBuffersMegabytes page cache of the server
/// @param durable whether a commit waits for the disk; false is for tests and measurements only
public record EmbeddedPostgresSettings(
    Path directory,
    Path unpackFolder,
    int port,
    Duration startLimit,
    Duration stopLimit,
    int maxConnections,
    int sharedBuffersMegabytes,
    boolean durable) {

  public static EmbeddedPostgresSettings in(Path directory) {
    return new EmbeddedPostgresSettings(
        directory,
        defaultUnpackFolder(),
        0,
        Duration.ofMinutes(5),
        Duration.ofSeconds(30),
        100,
        128,
        true);
  }

  /// `$XDG_CACHE_HOME/micromegas/postgres`, or the same below `~/.cache`.
  public static Path defaultUnpackFolder() {
    return Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
        .filter(text -> !text.isBlank())
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
        .resolve("micromegas")
        .resolve("postgres");
  }

  public EmbeddedPostgresSettings withPort(int newPort) {
    return new EmbeddedPostgresSettings(
        directory,
        unpackFolder,
        newPort,
        startLimit,
        stopLimit,
        maxConnections,
        sharedBuffersMegabytes,
        durable);
  }

  public EmbeddedPostgresSettings withUnpackFolder(Path folder) {
    return new EmbeddedPostgresSettings(
        directory,
        folder,
        port,
        startLimit,
        stopLimit,
        maxConnections,
        sharedBuffersMegabytes,
        durable);
  }

  /// For tests and measurements: a crash of the machine may lose data.
  public EmbeddedPostgresSettings withoutDurability() {
    return new EmbeddedPostgresSettings(
        directory,
        unpackFolder,
        port,
        startLimit,
        stopLimit,
        maxConnections,
        sharedBuffersMegabytes,
        false);
  }
}
