package micromegas.ingestion.otlp;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Does the same with each element of a list, several at a time. Stateless.
final class SideBySide {
  private SideBySide() {}

  /// Returns when all elements are done. After a failure no element is begun, and the first failure
  /// is thrown once those under way have ended. The calling thread does its part, so a single
  /// element costs nothing more.
  static <T> void run(List<T> elements, int maxThreads, Consumer<T> action) {
    AtomicInteger next = new AtomicInteger();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Runnable worker =
        () -> {
          for (int i = next.getAndIncrement();
              i < elements.size() && failure.get() == null;
              i = next.getAndIncrement()) {
            try {
              action.accept(elements.get(i));
            } catch (RuntimeException | Error e) {
              failure.compareAndSet(null, e);
            }
          }
        };
    int helpers = Math.min(maxThreads, elements.size()) - 1;
    CountDownLatch done = new CountDownLatch(Math.max(0, helpers));
    for (int i = 0; i < helpers; i++) {
      Thread.ofVirtual()
          .name("otlp-blocks")
          .start(() -> {
            try {
              worker.run();
            } finally {
              done.countDown();
            }
          });
    }
    worker.run();
    awaitAll(done);
    switch (failure.get()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  /// Elements under way hold what the caller will release, so they are waited for in any case.
  private static void awaitAll(CountDownLatch done) {
    boolean interrupted = false;
    while (true) {
      try {
        done.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
