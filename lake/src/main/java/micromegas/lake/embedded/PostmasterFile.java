package micromegas.lake.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// `postmaster.pid`, in which a running server says who and where it is.
///
/// @param pid process id of the server
/// @param port TCP port; 0 while not known
record PostmasterFile(long pid, int port) {
  private static final int PORT_LINE = 3;

  static Path in(Path data) {
    return data.resolve("postmaster.pid");
  }

  static Optional<PostmasterFile> read(Path data) {
    try {
      List<String> lines = Files.readAllLines(in(data));
      long pid = Long.parseLong(lines.get(0).strip());
      int port = lines.size() > PORT_LINE ? Integer.parseInt(lines.get(PORT_LINE).strip()) : 0;
      return Optional.of(new PostmasterFile(pid, port));
    } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  /// Whether that process lives and is a PostgreSQL of this data folder. A process id alone proves
  /// nothing: after a restart of the machine or container it may belong to anybody.
  boolean isServing(Path data) {
    Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    if (process.isEmpty()) {
      return false;
    }
    Path workingFolder = Path.of("/proc", Long.toString(pid), "cwd");
    try {
      // The server works inside of its data folder.
      return Files.isSameFile(workingFolder, data);
    } catch (IOException | SecurityException e) {
      return process.get().info().command().map(text -> text.contains("postgres")).orElse(true);
    }
  }
}
