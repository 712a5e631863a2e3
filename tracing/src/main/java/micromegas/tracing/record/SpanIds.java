package micromegas.tracing.record;

import java.util.concurrent.atomic.AtomicLong;

/// Draws ids of async spans from the counter of the process, a run at a time, so that threads do
/// not meet at it for every span. Used by one thread at a time.
final class SpanIds {
  private static final int RUN = 1_024;

  private final AtomicLong counter;
  private long next;
  private long end;

  /// @param counter the next free id of the process
  SpanIds(AtomicLong counter) {
    this.counter = counter;
  }

  long next() {
    if (next == end) {
      next = counter.getAndAdd(RUN);
      end = next + RUN;
    }
    return next++;
  }
}
