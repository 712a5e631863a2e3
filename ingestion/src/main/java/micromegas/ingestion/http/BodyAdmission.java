package micromegas.ingestion.http;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import micromegas.common.ResourceExhaustedException;

/// Bounds the bytes of request bodies that are in memory at once. First come, first served, so that
/// a large body is not overtaken for ever by small ones. Thread-safe.
final class BodyAdmission {
  /// Permits count kibibytes, since a semaphore counts in 32 bits.
  private static final int UNIT = 1024;

  private final int capacity;
  private final long timeoutNanos;
  private final Semaphore permits;

  BodyAdmission(long maxBytesInFlight, Duration timeout) {
    this.capacity = units(maxBytesInFlight);
    this.timeoutNanos = timeout.toNanos();
    this.permits = new Semaphore(capacity, true);
  }

  /// Waits for room for `bytes`. More than the whole capacity is treated as all of it.
  ///
  /// @throws ResourceExhaustedException when there was no room in time
  Share enter(long bytes) {
    int wanted = Math.min(units(bytes), capacity);
    try {
      if (!permits.tryAcquire(wanted, timeoutNanos, TimeUnit.NANOSECONDS)) {
        throw new ResourceExhaustedException(
            "no room for a body of %d bytes: %d of %d KiB are in use (maxBodyBytesInFlight)"
                .formatted(bytes, capacity - permits.availablePermits(), capacity));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ResourceExhaustedException("interrupted while waiting for room for a body", e);
    }
    return new Share(wanted);
  }

  private static int units(long bytes) {
    return (int) Math.clamp((bytes + UNIT - 1) / UNIT, 1, Integer.MAX_VALUE);
  }

  /// Room for one body, given back when closed. Used by one thread.
  final class Share implements AutoCloseable {
    private int held;

    private Share(int held) {
      this.held = held;
    }

    /// Gives back what a body of `bytes` does not need.
    void shrinkTo(long bytes) {
      int needed = Math.min(units(bytes), held);
      permits.release(held - needed);
      held = needed;
    }

    @Override
    public void close() {
      permits.release(held);
      held = 0;
    }
  }
}
