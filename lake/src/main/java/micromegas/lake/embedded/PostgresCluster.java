package micromegas.lake.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import micromegas.common.ConflictException;
import micromegas.common.UnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The database cluster of one directory, driven through PostgreSQL's own tools.
///
/// @param directory parent of `data` and `postgres.log`
record PostgresCluster(Path directory, PostgresBinaries binaries, Unprivileged privileges) {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresCluster.class);

  /// A new cluster takes about 40 MiB, its first log segments 32 MiB.
  private static final long SPACE_TO_INITIALIZE = 128L << 20;

  private static final int LOG_TAIL_LINES = 12;
  private static final long LOG_SIZE_TO_ROTATE = 16L << 20;

  private Path data() {
    return directory.resolve("data");
  }

  private Path log() {
    return directory.resolve("postgres.log");
  }

  /// Creates the cluster unless it exists. A creation that was cut short is started over.
  void initialize(String user, String password, Duration limit) {
    try {
      Path version = data().resolve("PG_VERSION");
      if (Files.exists(version)) {
        refuseOtherVersion(Files.readString(version).strip());
        return;
      }
      refuseFullDisk();
      Path draft = directory.resolve("data.new");
      FileTrees.delete(draft);
      Files.createDirectories(draft);
      Path passwordFile = directory.resolve("password.initial");
      Files.writeString(passwordFile, password + "\n");
      privileges.own(directory);
      Command.Result result =
          Command.run(
              privileges.wrap(
                  List.of(
                      binaries.program("initdb").toString(),
                      "--pgdata=" + draft,
                      "--username=" + user,
                      "--pwfile=" + passwordFile,
                      "--auth=scram-sha-256",
                      "--encoding=UTF8",
                      "--locale=C")),
              limit);
      Files.deleteIfExists(passwordFile);
      if (result.exitCode() != 0) {
        FileTrees.delete(draft);
        throw new UnavailableException(
            "cannot create the embedded PostgreSQL in "
                + directory
                + ": "
                + reason(result.output()));
      }
      Files.move(draft, data(), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UnavailableException(
          "cannot create the embedded PostgreSQL in "
              + directory
              + ": "
              + FileTrees.describe(e, directory),
          e);
    }
  }

  private void refuseOtherVersion(String version) throws IOException {
    Command.Result result =
        Command.run(
            List.of(binaries.program("postgres").toString(), "--version"), Duration.ofSeconds(30));
    // "postgres (PostgreSQL) 18.6"
    String number = result.output().substring(result.output().lastIndexOf(' ') + 1);
    String major = number.contains(".") ? number.substring(0, number.indexOf('.')) : number;
    if (result.exitCode() == 0 && !major.equals(version)) {
      throw new ConflictException(
          "the data in %s is of PostgreSQL %s, but this program brings %s: move the data with pg_dump of the old version"
              .formatted(data(), version, number));
    }
  }

  private void refuseFullDisk() {
    long usable = FileTrees.usable(directory);
    if (usable < SPACE_TO_INITIALIZE) {
      throw new UnavailableException(
          "cannot create the embedded PostgreSQL in %s: the disk is full (%d MiB left, %d MiB needed)"
              .formatted(directory, usable >> 20, SPACE_TO_INITIALIZE >> 20));
    }
  }

  /// The server of this cluster, when one runs.
  Optional<PostmasterFile> running() {
    return PostmasterFile.read(data()).filter(file -> file.isServing(data()));
  }

  /// Removes the mark of a server that died. PostgreSQL does so itself unless the process id in it
  /// belongs to some other process by now.
  void removeStalePidFile() {
    try {
      if (Files.deleteIfExists(PostmasterFile.in(data()))) {
        LOG.info("the PostgreSQL in {} was killed; it recovers now", directory);
      }
    } catch (IOException e) {
      throw new UnavailableException("cannot remove a stale postmaster.pid in " + data(), e);
    }
  }

  /// @return what went wrong; empty when the server accepts connections
  Optional<String> start(List<String> options, Duration limit) {
    try {
      rotateLog();
      StringBuilder arguments = new StringBuilder();
      for (String option : options) {
        arguments.append("-c ").append(option).append(' ');
      }
      long logBefore = Files.exists(log()) ? Files.size(log()) : 0;
      List<String> command = new ArrayList<>();
      command.add(binaries.program("pg_ctl").toString());
      command.add("start");
      command.add("--silent");
      command.add("--wait");
      command.add("--timeout=" + Math.max(1, limit.toSeconds()));
      command.add("--pgdata=" + data());
      command.add("--log=" + log());
      command.add("--options=" + arguments);
      Command.Result result =
          Command.run(privileges.wrap(command), limit.plus(Duration.ofSeconds(10)));
      if (result.exitCode() == 0) {
        return Optional.empty();
      }
      String details = result.output() + "\n" + logTail(logBefore);
      if (running().isPresent()) {
        stop(Duration.ofSeconds(10));
        return Optional.of(
            "the embedded PostgreSQL in %s did not answer within %s: %s"
                .formatted(directory, limit, reason(details)));
      }
      return Optional.of(
          "cannot start the embedded PostgreSQL in " + directory + ": " + reason(details));
    } catch (IOException e) {
      return Optional.of(
          "cannot start the embedded PostgreSQL in "
              + directory
              + ": "
              + FileTrees.describe(e, directory));
    }
  }

  /// Stops cleanly, and by force after `limit`. Committed data is safe either way.
  void stop(Duration limit) {
    if (running().isEmpty() || stop("fast", limit)) {
      return;
    }
    LOG.warn("the PostgreSQL in {} did not stop within {}; forcing it", directory, limit);
    if (!stop("immediate", Duration.ofSeconds(10)) && running().isPresent()) {
      throw new UnavailableException("the embedded PostgreSQL in " + directory + " does not stop");
    }
  }

  private boolean stop(String mode, Duration limit) {
    try {
      return Command.run(
                  privileges.wrap(
                      List.of(
                          binaries.program("pg_ctl").toString(),
                          "stop",
                          "--silent",
                          "--wait",
                          "--mode=" + mode,
                          "--timeout=" + Math.max(1, limit.toSeconds()),
                          "--pgdata=" + data())),
                  limit.plus(Duration.ofSeconds(5)))
              .exitCode()
          == 0;
    } catch (IOException e) {
      throw new UnavailableException("cannot stop the embedded PostgreSQL in " + directory, e);
    }
  }

  private void rotateLog() throws IOException {
    if (Files.exists(log()) && Files.size(log()) > LOG_SIZE_TO_ROTATE) {
      Files.move(log(), directory.resolve("postgres.log.old"), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private String logTail(long from) throws IOException {
    if (!Files.exists(log())) {
      return "";
    }
    byte[] bytes = Files.readAllBytes(log());
    int start = (int) Math.min(from, bytes.length);
    List<String> lines =
        new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8).lines().toList();
    return String.join(
        "\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
  }

  private String reason(String output) {
    return output.contains("No space left on device") || FileTrees.isFull(directory)
        ? "the disk is full (%d MiB left): %s".formatted(FileTrees.usable(directory) >> 20, output)
        : output;
  }
}
