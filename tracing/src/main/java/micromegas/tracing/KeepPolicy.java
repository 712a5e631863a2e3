package micromegas.tracing;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/// Decides at the end of a unit of work whether its details are kept. Called on the thread that
/// ends the unit; must be thread-safe and quick. If it throws, the details are kept.
@FunctionalInterface
public interface KeepPolicy {

  /// @param duration of the unit
  /// @param failed whether something in it failed
  boolean keep(Duration duration, boolean failed);

  /// Keeps units that took longer.
  static KeepPolicy slowerThan(Duration limit) {
    return (duration, failed) -> duration.compareTo(limit) > 0;
  }

  /// Keeps units in which something failed.
  static KeepPolicy failed() {
    return (duration, failed) -> failed;
  }

  /// Keeps one in `count` units, by chance.
  ///
  /// @throws IllegalArgumentException for a count below 1
  static KeepPolicy oneIn(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("one in " + count);
    }
    return (duration, failed) -> ThreadLocalRandom.current().nextInt(count) == 0;
  }

  /// Keeps what either keeps.
  default KeepPolicy or(KeepPolicy other) {
    return (duration, failed) -> keep(duration, failed) || other.keep(duration, failed);
  }

  /// Keeps failed units too.
  default KeepPolicy orFailed() {
    return or(failed());
  }

  /// Keeps one in `count` of the others too.
  default KeepPolicy orOneIn(int count) {
    return or(oneIn(count));
  }
}
