package micromegas.ingestion.admission;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Acts on clients that fall silent within a request, which would hold its share of memory for
/// good. Nearly every watch ends long before its deadline, so beginning and ending one costs two
/// updates of a set: no thread is woken, as a timer for each request would do. Instead the watches
/// are looked through a few times within the timeout, and what rings does so late by one such round
/// at most. Thread-safe.
public final class Deadlines implements AutoCloseable {
  private static final int ROUNDS = 16;
  private static final long MIN_ROUND = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long MAX_ROUND = TimeUnit.SECONDS.toNanos(1);

  private final long timeoutNanos;
  private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
  private final ScheduledThreadPoolExecutor timer;

  /// @param name of the thread that looks through the watches
  /// @param timeout of every watch
  public Deadlines(String name, Duration timeout) {
    this.timeoutNanos = timeout.toNanos();
    this.timer =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name(name).factory());
    long round = Math.clamp(timeoutNanos / ROUNDS, MIN_ROUND, MAX_ROUND);
    var unused = timer.scheduleWithFixedDelay(this::ring, round, round, TimeUnit.NANOSECONDS);
  }

  /// Begins a watch.
  ///
  /// @param alarm what to do when it does not end in time; must be quick and not throw
  public Watch watch(Runnable alarm) {
    Watch watch = new Watch(System.nanoTime() + timeoutNanos, alarm);
    watches.add(watch);
    return watch;
  }

  private void ring() {
    long now = System.nanoTime();
    for (Watch watch : watches) {
      if (watch.deadline - now <= 0) {
        Runnable alarm = watch.takeAlarm();
        if (alarm != null) {
          alarm.run();
        }
      }
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  /// One request under watch.
  public final class Watch {
    private final long deadline;
    private final AtomicReference<@Nullable Runnable> alarm;

    private Watch(long deadline, Runnable alarm) {
      this.deadline = deadline;
      this.alarm = new AtomicReference<>(alarm);
    }

    /// Ends the watch; more than once does no harm.
    ///
    /// @return whether this call ended it in time. If not, the alarm was raised or will be in a
    ///   moment
    public boolean end() {
      return takeAlarm() != null;
    }

    private @Nullable Runnable takeAlarm() {
      watches.remove(this);
      return alarm.getAndSet(null);
    }
  }
}
