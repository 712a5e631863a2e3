package micromegas.lake.partition;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

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

  /// Rows inside the new range, on condition that those with the schema hash of the new one are
  /// exactly its inputs: whoever replaced, added or retired one meanwhile keeps what it wrote, and
  /// the commit is refused.
  record Inputs(Set<RowKey> inputs) implements RetireRule {
    public Inputs {
      inputs = Set.copyOf(inputs);
    }

    public static Inputs of(Collection<Partition> partitions) {
      return new Inputs(partitions.stream().map(RowKey::of).collect(Collectors.toSet()));
    }
  }

  /// What tells a row from any other that ever had the same range: every file is written once. Rows
  /// without a file are alike when their counts are.
  record RowKey(InsertRange range, Optional<String> filePath, String sourceHash) {
    static RowKey of(Partition partition) {
      return new RowKey(
          new InsertRange(
              partition.beginInsertTime().truncatedTo(ChronoUnit.MICROS),
              partition.endInsertTime().truncatedTo(ChronoUnit.MICROS)),
          partition.filePath(),
          HexFormat.of().formatHex(partition.sourceHash()));
    }
  }

  /// An exact pair of insert bounds.
  record InsertRange(Instant begin, Instant end) {}

  RetireRule CONTAINMENT = new Containment();
}
