package micromegas.lake.partition;

import java.time.Instant;
import java.util.Set;

/// Which rows of the same view instance a new partition replaces, whatever their schema hash.
public sealed interface RetireRule {

  /// Rows whose insert range lies inside the new one; for a degenerate range, rows with exactly
  /// that range.
  record Containment() implements RetireRule {}

  /// Rows whose closed insert range touches the new one, except the ranges that this run already
  /// handled.
  record Overlap(Set<InsertRange> handled) implements RetireRule {
    public Overlap {
      handled = Set.copyOf(handled);
    }
  }

  /// An exact pair of insert bounds.
  record InsertRange(Instant begin, Instant end) {}

  RetireRule CONTAINMENT = new Containment();
}
