package micromegas.tracing.opentelemetry;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The exporters of this process that may still export something. Whoever ends telemetry when the
/// JVM exits waits for them: the SDK exports the last batches at that time, on another thread.
/// Thread-safe.
public final class OpenExporters {
  private static final OpenExporters PROCESS = new OpenExporters();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition closed = lock.newCondition();
  private int open;

  private OpenExporters() {}

  /// Those of this process.
  public static OpenExporters process() {
    return PROCESS;
  }

  /// Waits until all are shut down.
  ///
  /// @return false when the time was not enough
  public boolean awaitShutdown(Duration timeout) throws InterruptedException {
    long left = timeout.toNanos();
    lock.lock();
    try {
      while (open > 0 && left > 0) {
        left = closed.awaitNanos(left);
      }
      return open == 0;
    } finally {
      lock.unlock();
    }
  }

  /// One more; it counts until it is shut down.
  Registration register() {
    add(1);
    return new Registration();
  }

  private void add(int exporters) {
    lock.lock();
    try {
      open += exporters;
      closed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// An exporter.
  final class Registration {
    private final AtomicBoolean ended = new AtomicBoolean();

    /// It is shut down; only the first time counts.
    void end() {
      if (ended.compareAndSet(false, true)) {
        add(-1);
      }
    }
  }
}
