package micromegas.lakehouse.materialize;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import micromegas.common.NotFoundException;
import micromegas.common.UnavailableException;

/// Waits for work on other threads, and throws what it threw.
final class Jobs {
  private Jobs() {}

  static void run(Executor executor, Runnable work) {
    join(CompletableFuture.runAsync(work, executor));
  }

  static <T> T call(Executor executor, Supplier<T> work) {
    return join(CompletableFuture.supplyAsync(work, executor));
  }

  static <T> T join(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /// A payload whose reading has ended.
  ///
  /// @throws NotFoundException when the object does not exist, and trying again will not help
  /// @throws UnavailableException for any other failure
  static byte[] payload(CompletableFuture<byte[]> reading) {
    try {
      return reading.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof NotFoundException missing) {
        throw missing;
      }
      if (e.getCause() instanceof UnavailableException unavailable) {
        throw unavailable;
      }
      throw new UnavailableException("cannot read a payload: " + e.getCause(), e);
    }
  }
}
