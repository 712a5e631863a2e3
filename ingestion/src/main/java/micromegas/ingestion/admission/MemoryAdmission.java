package micromegas.ingestion.admission;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import micromegas.common.ResourceExhaustedException;

/// Bounds the bytes of requests that are in memory at once, whichever door they came through. First
/// come, first served, so that a large request is not overtaken for ever by small ones.
/// Thread-safe.
public final class MemoryAdmission {
  /// Permits count kibibytes, since a semaphore counts in 32 bits.
  private static final int UNIT = 1024;

  private final int capacity;
  private final long timeoutNanos;
  private final Semaphore permits;

  /// @param maxBytesInFlight bytes of all requests together
  /// @param timeout how long one waits for its share
  public MemoryAdmission(long maxBytesInFlight, Duration timeout) {
    this.capacity = units(maxBytesInFlight);
    this.timeoutNanos = timeout.toNanos();
    this.permits = new Semaphore(capacity, true);
  }

  /// Waits for room for `bytes`. More than the whole capacity is treated as all of it.
  ///
  /// @throws ResourceExhaustedException when there was no room in time
  public Share enter(long bytes) {
    int wanted = Math.min(units(bytes), capacity);
    acquire(wanted, bytes);
    return new Share(wanted);
  }

  /// A share of nothing, to be grown.
  public Share empty() {
    return new Share(0);
  }

  private void acquire(int wanted, long bytes) {
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
  }

  private static int units(long bytes) {
    return (int) Math.clamp((bytes + UNIT - 1) / UNIT, 1, Integer.MAX_VALUE);
  }

  /// Room for one request, given back when closed. Used by one thread at a time.
  public final class Share implements AutoCloseable {
    private int held;

    private Share(int held) {
      this.held = held;
    }

    /// What is held, in bytes.
    public long bytes() {
      return (long) held * UNIT;
    }

    /// Gives back what a request of `bytes` does not need.
    public void shrinkTo(long bytes) {
      int needed = Math.min(units(bytes), held);
      permits.release(held - needed);
      held = needed;
    }

    /// Waits until there is room for `bytes` in all. Two requests that wait for what the other one
    /// holds both wait in vain; the timeout ends that.
    ///
    /// @throws ResourceExhaustedException when there was no room in time; what was held stays held
    public void growTo(long bytes) {
      int wanted = Math.min(units(bytes), capacity);
      if (wanted > held) {
        acquire(wanted - held, bytes);
        held = wanted;
      }
    }

    /// Takes room for `bytes` in all, if there is any at once.
    ///
    /// @return whether there was
    public boolean tryGrowTo(long bytes) {
      int wanted = Math.min(units(bytes), capacity);
      if (wanted > held) {
        if (!permits.tryAcquire(wanted - held)) {
          return false;
        }
        held = wanted;
      }
      return true;
    }

    @Override
    public void close() {
      permits.release(held);
      held = 0;
    }
  }
}
