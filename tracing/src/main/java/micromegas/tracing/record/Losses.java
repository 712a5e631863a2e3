package micromegas.tracing.record;

import java.util.concurrent.atomic.AtomicLongArray;

/// Counts what was lost since the start. Thread-safe.
public final class Losses {
  private final AtomicLongArray counts = new AtomicLongArray(Loss.values().length);

  public void add(Loss loss) {
    counts.incrementAndGet(loss.ordinal());
  }

  public void add(Loss loss, long count) {
    counts.addAndGet(loss.ordinal(), count);
  }

  public long count(Loss loss) {
    return counts.get(loss.ordinal());
  }
}
