package micromegas.tracing.spi;

import java.time.Duration;
import java.util.Map;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;

/// Takes what was recorded. `log` is called on the threads that log, everything else on one thread
/// of the library, in this order: `start`, then for each stream `stream` before its first `block`,
/// then `close`. No method may throw or block for long.
public interface EventSink {

  /// Telemetry has started.
  default void start(ProcessInfo process) {}

  /// A log event as text; only those that pass the filter the sink was added with.
  default void log(LogLine line) {}

  /// A stream has its first events.
  default void stream(StreamInfo stream) {}

  /// A block is complete.
  default void block(FinishedBlock block) {}

  /// Numbers that only grow, such as losses, by the names of the metrics that report their growth.
  /// Called on any thread.
  default Map<String, Long> counters() {
    return Map.of();
  }

  /// Whether a block that comes now is likely to be lost. As long as that is so, losses are not
  /// told yet, or what tells of them would be lost as well. Called on any thread.
  default boolean isFailing() {
    return false;
  }

  /// Sends what waits.
  ///
  /// @return whether nothing waits any more
  default boolean flush(Duration timeout) {
    return true;
  }

  /// Sends what waits, and ends; nothing follows.
  default void close(Duration timeout) {}
}
