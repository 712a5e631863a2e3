package micromegas.lakehouse.fresh;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import micromegas.common.UnavailableException;

/// Runs independent blocking steps of one query side by side.
final class Parallel {
  private Parallel() {}

  /// Applies `step` to every item, at most `limit` at a time, and keeps the order.
  ///
  /// The first failure is thrown as it is, once the other steps have ended; steps that have not
  /// started by then never do.
  ///
  /// @throws UnavailableException when the calling thread is interrupted, which interrupts the
  ///   steps
  static <T, R> List<R> map(List<T> items, int limit, Function<T, R> step) {
    if (items.size() <= 1 || limit <= 1) {
      List<R> results = new ArrayList<>();
      for (T item : items) {
        checkInterrupted();
        results.add(step.apply(item));
      }
      return results;
    }
    Semaphore permits = new Semaphore(limit);
    List<Future<R>> futures = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (T item : items) {
        futures.add(executor.submit(limited(permits, () -> step.apply(item))));
      }
      return collect(executor, futures);
    }
  }

  /// @throws UnavailableException when the calling thread has been interrupted
  static void checkInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new UnavailableException("the query was cancelled while its tables were prepared");
    }
  }

  private static <R> Callable<R> limited(Semaphore permits, Callable<R> step) {
    return () -> {
      permits.acquire();
      try {
        return step.call();
      } finally {
        permits.release();
      }
    };
  }

  private static <R> List<R> collect(ExecutorService executor, List<Future<R>> futures) {
    List<R> results = new ArrayList<>();
    try {
      for (Future<R> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
      throw new UnavailableException("the query was cancelled while its tables were prepared", e);
    } catch (ExecutionException e) {
      executor.shutdownNow();
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new UnavailableException("a table could not be prepared", e);
    }
  }
}
