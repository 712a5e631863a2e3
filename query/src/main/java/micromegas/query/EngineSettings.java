package micromegas.query;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Settings of the query engine.
///
/// @param threads threads that work on queries, shared by all of them
/// @param memoryBytes memory of all users' queries together
/// @param exportMemoryBytes memory of all exports together
/// @param tempDirectory where queries spill; emptied by the engine
/// @param tempBytes most that the spilled data of all users' queries may take, and again that of
///   all exports
/// @param allowedDirectories the only folders whose files SQL may read, and exports write
/// @param libraryDirectory where the native library is unpacked, once per version
/// @param nativeCalls calls into the engine that may run at the same time
/// @param defaultLimits for queries whose caller sets none
public record EngineSettings(
    int threads,
    long memoryBytes,
    long exportMemoryBytes,
    Path tempDirectory,
    long tempBytes,
    List<Path> allowedDirectories,
    Path libraryDirectory,
    int nativeCalls,
    QueryLimits defaultLimits) {
  private static final long MIB = 1024L * 1024L;

  /// Limits of one query: 256 MiB before an operator spills, one hour, no bound on rows.
  public static final QueryLimits DEFAULT_LIMITS =
      new QueryLimits(256 * MIB, Long.MAX_VALUE, Duration.ofHours(1), Long.MAX_VALUE);

  public EngineSettings {
    allowedDirectories = List.copyOf(allowedDirectories);
  }

  /// Defaults for this machine.
  ///
  /// @param workDirectory folder of our own for spilled data and the native library
  /// @param dataDirectories folders with the files that tables are made of
  public static EngineSettings defaults(
      Path workDirectory, List<Path> dataDirectories, long memoryBytes, long exportMemoryBytes) {
    int processors = Runtime.getRuntime().availableProcessors();
    return new EngineSettings(
        processors,
        memoryBytes,
        exportMemoryBytes,
        workDirectory.resolve("spill"),
        16L * 1024 * MIB,
        dataDirectories,
        workDirectory.resolve("native"),
        Math.max(16, 4 * processors),
        DEFAULT_LIMITS);
  }
}
