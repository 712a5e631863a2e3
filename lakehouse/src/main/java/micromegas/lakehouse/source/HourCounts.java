package micromegas.lakehouse.source;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// What was counted in hours that can no longer change, for all views: after a start, the first
/// view that is asked about the whole lake counts for the others too. Thread-safe.
final class HourCounts {
  static final Duration HOUR = Duration.ofHours(1);

  /// More than ten years.
  private static final int MAX_HOURS = 100_000;

  private final Map<Instant, Hour> hours = new ConcurrentHashMap<>();

  /// Counts of the registered blocks of one hour.
  ///
  /// @param objectsByTag objects of the blocks whose stream has the tag; tags without any are left
  ///   out
  record Hour(long blocks, Map<String, Long> objectsByTag) {
    Hour {
      objectsByTag = Map.copyOf(objectsByTag);
    }

    long objects(String tag) {
      return objectsByTag.getOrDefault(tag, 0L);
    }
  }

  /// Collects the counts of one interval.
  static final class Sum {
    long blocks;
    long unregistered;
    final Map<String, Long> objectsByTag = new HashMap<>();

    Hour hour() {
      return new Hour(blocks, objectsByTag);
    }
  }

  /// Whether `[begin, end)` is a whole hour that ends at `resting` at the latest.
  static boolean isRestingHour(Instant begin, Instant end, Instant resting) {
    return !end.isAfter(resting)
        && begin.getEpochSecond() % HOUR.toSeconds() == 0
        && begin.getNano() == 0
        && end.equals(begin.plus(HOUR));
  }

  Optional<Hour> find(Instant hour) {
    return Optional.ofNullable(hours.get(hour));
  }

  void keep(Instant hour, Hour counts) {
    if (hours.size() >= MAX_HOURS) {
      hours.clear();
    }
    hours.put(hour, counts);
  }
}
