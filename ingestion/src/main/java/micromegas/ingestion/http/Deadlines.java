package micromegas.ingestion.http;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Interrupts threads that wait too long for a client. The HTTP library reads from a channel
/// without timeout, so a client that falls silent within a body would hold its share of memory for
/// good. Thread-safe.
final class Deadlines implements AutoCloseable {
  private final ScheduledThreadPoolExecutor timer;

  Deadlines() {
    timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("ingestion-deadlines").factory());
    timer.setRemoveOnCancelPolicy(true);
  }

  /// Starts to watch the calling thread.
  Watch watch(Duration timeout) {
    Watch watch = new Watch(Thread.currentThread());
    watch.alarm = timer.schedule(watch::ring, timeout.toNanos(), TimeUnit.NANOSECONDS);
    return watch;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  /// One thread under watch.
  static final class Watch {
    private final AtomicReference<@Nullable Thread> watched;
    private @Nullable ScheduledFuture<?> alarm;

    private Watch(Thread thread) {
      this.watched = new AtomicReference<>(thread);
    }

    /// Ends the watch; called by the watched thread.
    ///
    /// @return whether it ended in time. If not, the thread was interrupted or will be in a moment,
    ///   and must end its work
    boolean end() {
      if (alarm != null) {
        alarm.cancel(false);
      }
      return watched.getAndSet(null) != null;
    }

    private void ring() {
      Thread thread = watched.getAndSet(null);
      if (thread != null) {
        thread.interrupt();
      }
    }
  }
}
