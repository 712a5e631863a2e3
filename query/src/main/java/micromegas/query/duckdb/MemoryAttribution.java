package micromegas.query.duckdb;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// Estimates how much of the engine's memory each query holds, from samples of the total alone: the
/// engine does not count by query.
///
/// Each query is taken to grow at a rate of its own. The growth between two samples is what the
/// working ones grew together; it corrects the rates, those most that are known least (a Kalman
/// filter with one variance per query). A query that was watched for a while without growth is
/// therefore not blamed for what begins when another one starts. Not thread-safe.
///
/// @param <Q> identifies a query
final class MemoryAttribution<Q> {
  private static final double MIB = 1 << 20;

  /// Variance of a rate of which nothing is known, in (MiB per sample)².
  private static final double UNKNOWN = 64 * 64;

  /// How much less sure a rate gets with every sample, since queries change what they do.
  private static final double DRIFT = 0.5;

  /// Variance of what samples see besides: caches, allocation in blocks.
  private static final double NOISE = 4;

  private static final class Estimate {
    private double rate;
    private double variance = UNKNOWN;
    private double held;
  }

  private final Map<Q, Estimate> estimates = new HashMap<>();
  private double lastUsed;

  /// Takes in a sample.
  ///
  /// @param open all queries; what is not among them any more is forgotten
  /// @param working those that have worked since the last sample
  /// @param usedBytes memory of the engine
  void sample(Collection<Q> open, Collection<Q> working, long usedBytes) {
    double used = usedBytes / MIB;
    double growth = used - lastUsed;
    lastUsed = used;
    estimates.keySet().retainAll(open);
    open.forEach(query -> estimates.computeIfAbsent(query, unused -> new Estimate()));
    if (open.isEmpty()) {
      return;
    }
    double expected = 0;
    double uncertainty = NOISE;
    for (Q query : working) {
      Estimate estimate = estimates.get(query);
      if (estimate != null) {
        expected += estimate.rate;
        uncertainty += estimate.variance;
      }
    }
    for (Q query : working) {
      Estimate estimate = estimates.get(query);
      if (estimate != null) {
        double share = estimate.variance / uncertainty;
        estimate.rate += share * (growth - expected);
        estimate.variance = estimate.variance * (1 - share) + DRIFT;
        estimate.held = Math.max(0, estimate.held + estimate.rate);
      }
    }
    fitTo(used);
  }

  /// No more is held than is used, and what one query alone can hold is its own.
  private void fitTo(double used) {
    double sum = 0;
    for (Estimate estimate : estimates.values()) {
      sum += estimate.held;
    }
    if (sum > used && sum > 0) {
      double factor = Math.max(0, used) / sum;
      estimates.values().forEach(estimate -> estimate.held *= factor);
    } else if (estimates.size() == 1) {
      estimates.values().forEach(estimate -> estimate.held = used);
    }
  }

  /// Bytes that `query` holds, as far as that is known.
  long held(Q query) {
    Estimate estimate = estimates.get(query);
    return estimate == null ? 0 : (long) (estimate.held * MIB);
  }
}
