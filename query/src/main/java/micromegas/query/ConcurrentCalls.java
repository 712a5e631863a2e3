package micromegas.query;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import micromegas.common.UnavailableException;
import org.jspecify.annotations.Nullable;

/// Calls something slow, such as a download, for several values at a time, and keeps their order.
/// One object bounds all its callers together. Thread-safe.
public final class ConcurrentCalls {
  private final Semaphore permits;

  /// @param concurrency calls that run at the same time
  public ConcurrentCalls(int concurrency) {
    this.permits = new Semaphore(concurrency, true);
  }

  /// Results in the order of `values`. The first failure ends the calls that still run and is
  /// thrown.
  ///
  /// @throws UnavailableException when the thread is interrupted; its interrupt status is set again
  public <T, R> List<@Nullable R> map(List<T> values, Function<T, @Nullable R> call) {
    AtomicBoolean failed = new AtomicBoolean();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<@Nullable R>> futures = new ArrayList<>();
      try {
        for (T value : values) {
          // Taken here, so that no more tasks wait than run.
          permits.acquire();
          if (failed.get()) {
            permits.release();
            break;
          }
          futures.add(executor.submit(() -> one(value, call, failed)));
        }
        List<@Nullable R> results = new ArrayList<>();
        for (Future<@Nullable R> future : futures) {
          results.add(future.get());
        }
        return results;
      } catch (InterruptedException e) {
        executor.shutdownNow();
        Thread.currentThread().interrupt();
        throw new UnavailableException("interrupted", e);
      } catch (ExecutionException e) {
        executor.shutdownNow();
        throw unchecked(e.getCause() == null ? e : e.getCause());
      }
    }
  }

  private <T, R> @Nullable R one(T value, Function<T, @Nullable R> call, AtomicBoolean failed) {
    try {
      return call.apply(value);
    } catch (RuntimeException | Error e) {
      failed.set(true);
      throw e;
    } finally {
      permits.release();
    }
  }

  private static RuntimeException unchecked(Throwable cause) {
    return switch (cause) {
      case RuntimeException exception -> exception;
      case Error error -> throw error;
      default -> new UnavailableException(String.valueOf(cause.getMessage()), cause);
    };
  }
}
