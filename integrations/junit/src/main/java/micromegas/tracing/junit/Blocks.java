package micromegas.tracing.junit;

import java.util.ArrayList;
import java.util.List;
import micromegas.tracing.spi.EventSink;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.transit.ProcessInfo;

/// The blocks since the begin of the oldest test that goes on. They have numbers, also across
/// several telemetries. Thread-safe.
final class Blocks implements EventSink {
  private final List<FinishedBlock> kept = new ArrayList<>();
  private long first;
  private long ticksPerSecond = 1_000_000_000L;

  @Override
  public synchronized void start(ProcessInfo process) {
    ticksPerSecond = process.tscFrequency();
  }

  @Override
  public synchronized void block(FinishedBlock block) {
    kept.add(block);
  }

  /// The number of the next block.
  synchronized long next() {
    return first + kept.size();
  }

  /// Those from a number on.
  synchronized List<FinishedBlock> since(long number) {
    return List.copyOf(kept.subList((int) Math.max(0, number - first), kept.size()));
  }

  /// All there are.
  synchronized List<FinishedBlock> all() {
    return List.copyOf(kept);
  }

  /// Forgets those before a number.
  synchronized void forgetBefore(long number) {
    kept.subList(0, (int) Math.max(0, number - first)).clear();
    first = Math.max(first, number);
  }

  synchronized double ticksPerSecond() {
    return ticksPerSecond;
  }
}
