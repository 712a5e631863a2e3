package micromegas.server;

import java.util.ArrayDeque;
import java.util.Deque;
import micromegas.common.UnavailableException;

/// What was opened, to be closed in the opposite order. Confined to the composition of a server.
final class Closing implements AutoCloseable {
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  <T extends AutoCloseable> T add(T resource) {
    opened.push(resource);
    return resource;
  }

  /// Closes everything, also when something fails.
  ///
  /// @throws UnavailableException with the first failure, the others suppressed in it
  @Override
  public void close() {
    UnavailableException failure = null;
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (Exception e) {
        if (failure == null) {
          failure = new UnavailableException("cannot stop cleanly: " + e.getMessage(), e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
