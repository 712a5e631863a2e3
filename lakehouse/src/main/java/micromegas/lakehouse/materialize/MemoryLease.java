package micromegas.lakehouse.materialize;

import java.util.concurrent.Semaphore;

/// Memory of one chunk out of what all writes share. Grows without waiting, so that chunks that
/// hold memory never wait for each other. Used by one thread after the other.
final class MemoryLease implements AutoCloseable {
  private final Semaphore memory;
  private int permits;

  /// @param permits already acquired from `memory`
  MemoryLease(Semaphore memory, int permits) {
    this.memory = memory;
    this.permits = permits;
  }

  /// Makes it cover so many bytes.
  ///
  /// @return false when that much is not free now
  boolean covers(long bytes) {
    int more = PipelineResources.permits(bytes) - permits;
    if (more > 0 && !memory.tryAcquire(more)) {
      return false;
    }
    permits += Math.max(0, more);
    return true;
  }

  /// Gives everything back.
  @Override
  public void close() {
    memory.release(permits);
    permits = 0;
  }
}
