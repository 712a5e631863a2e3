package micromegas.query.duckdb;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import micromegas.common.UnavailableException;

/// The platform threads on which calls into the engine run: a native call on a virtual thread would
/// hold its carrier. They are a bounded pool, apart from calls that wait for Java code, which may
/// in turn need a thread of the pool: each of those has a thread of its own.
final class NativeThreads implements AutoCloseable {
  private final ExecutorService pool;
  private final ExecutorService waiting;

  NativeThreads(int threads) {
    this.pool =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("engine-call-", 0).factory());
    this.waiting =
        Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("engine-waiting-", 0).factory());
  }

  /// Runs `call` on a thread of the pool; see the other method.
  <T> T run(Callable<T> call, Runnable cancel) {
    return run(false, call, cancel);
  }

  /// Runs `call` and waits for it. When the caller is interrupted, `cancel` is called until the
  /// call has ended, so that nothing runs on behind the caller's back.
  ///
  /// @param callsBack whether the call waits for Java code
  /// @throws UnavailableException when interrupted; the interrupt status is set again
  <T> T run(boolean callsBack, Callable<T> call, Runnable cancel) {
    Future<T> future = (callsBack ? waiting : pool).submit(call);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          T result = future.get();
          if (interrupted) {
            // The result has an owner only if the caller goes on.
            if (result instanceof AutoCloseable closeable) {
              closeQuietly(closeable);
            }
            throw new UnavailableException("the query was interrupted");
          }
          return result;
        } catch (InterruptedException e) {
          interrupted = true;
          cancel.run();
        }
      }
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      if (cause instanceof Error error) {
        throw error;
      }
      throw EngineErrors.unwrap(cause == null ? e : cause);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      throw new UnavailableException("closing an interrupted query", e);
    }
  }

  @Override
  public void close() {
    pool.shutdown();
    waiting.shutdown();
  }
}
