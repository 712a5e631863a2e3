package micromegas.lake.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import micromegas.common.UnavailableException;

/// PostgreSQL refuses to run as root. For root this finds a way to start it with less: in a user
/// namespace of its own, in which root's files still belong to it, or else as the user `nobody`, to
/// whom its folder is then given.
sealed interface Unprivileged {

  /// The command line that starts `command`.
  List<String> wrap(List<String> command);

  /// Gives what the server must write to the user it runs as.
  void own(Path folder);

  /// We are not root.
  record NotNeeded() implements Unprivileged {
    @Override
    public List<String> wrap(List<String> command) {
      return command;
    }

    @Override
    public void own(Path folder) {}
  }

  record UserNamespace() implements Unprivileged {
    @Override
    public List<String> wrap(List<String> command) {
      return concatenate(List.of("unshare", "--user"), command);
    }

    @Override
    public void own(Path folder) {}
  }

  record OtherUser(int userId) implements Unprivileged {
    @Override
    public List<String> wrap(List<String> command) {
      String id = Integer.toString(userId);
      return concatenate(
          List.of("setpriv", "--reuid", id, "--regid", id, "--clear-groups"), command);
    }

    @Override
    public void own(Path folder) {
      try (Stream<Path> tree = Files.walk(folder)) {
        for (Path path : tree.toList()) {
          Files.setAttribute(path, "unix:uid", userId, java.nio.file.LinkOption.NOFOLLOW_LINKS);
          Files.setAttribute(path, "unix:gid", userId, java.nio.file.LinkOption.NOFOLLOW_LINKS);
        }
      } catch (IOException e) {
        throw new UnavailableException("cannot give " + folder + " to user " + userId, e);
      }
    }
  }

  /// Id of `nobody` on every usual system.
  int NOBODY = 65534;

  static Unprivileged detect() {
    if (!isRoot()) {
      return new NotNeeded();
    }
    return works(new UserNamespace()) ? new UserNamespace() : new OtherUser(NOBODY);
  }

  private static boolean works(Unprivileged way) {
    try {
      return Command.run(way.wrap(List.of("true")), Duration.ofSeconds(10)).exitCode() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isRoot() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return "root".equals(System.getProperty("user.name"));
    }
  }

  private static List<String> concatenate(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return List.copyOf(all);
  }
}
