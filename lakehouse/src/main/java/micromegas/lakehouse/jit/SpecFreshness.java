package micromegas.lakehouse.jit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import micromegas.lake.partition.Partition;

/// Decides which specs of an instance already have their partition (`lakehouse.md` 9.4).
public final class SpecFreshness {
  private SpecFreshness() {}

  /// What is known about the blocks of a spec that could not be decoded.
  ///
  /// @param objects events of blocks that the current decoder failed on
  /// @param outdated whether blocks failed that the current decoder has not tried
  public record Undecodable(long objects, boolean outdated) {
    public static final Undecodable NOTHING = new Undecodable(0, false);
  }

  /// For views in the order of event time: the partition of each spec, empty where it has to be
  /// written. Only a partition with exactly the range and the count of the spec will do.
  ///
  /// @param candidates partitions of the instance, of any schema hash
  /// @param undecodable one per spec; the reference counts such blocks, we do not
  public static List<Optional<Partition>> checkExact(
      List<PartitionSpec> specs,
      List<Partition> candidates,
      byte[] schemaHash,
      List<Undecodable> undecodable) {
    List<Optional<Partition>> fresh = new ArrayList<>();
    for (int i = 0; i < specs.size(); i++) {
      PartitionSpec spec = specs.get(i);
      Undecodable failed = undecodable.get(i);
      List<Partition> matches =
          candidates.stream().filter(partition -> hasRange(partition, spec)).toList();
      fresh.add(
          matches.size() == 1
                  && !failed.outdated()
                  && isExact(matches.getFirst(), spec, schemaHash, failed)
              ? Optional.of(matches.getFirst())
              : Optional.empty());
    }
    return fresh;
  }

  private static boolean isExact(
      Partition partition, PartitionSpec spec, byte[] schemaHash, Undecodable undecodable) {
    return partition.hasSourceCount()
        && Arrays.equals(partition.schemaHash(), schemaHash)
        && (partition.sourceCount() == spec.objects()
            || partition.sourceCount() == spec.objects() - undecodable.objects());
  }

  /// For views in the order of insert time: the partition of each spec, empty where it has to be
  /// written.
  ///
  /// A partition that lies entirely inside another stale spec no longer speaks for its neighbours,
  /// since writing that spec retires it; so the verdicts are repeated until none changes.
  ///
  /// @param candidates partitions of the instance, of any schema hash
  /// @param undecodable one per spec
  public static List<Optional<Partition>> check(
      List<PartitionSpec> specs,
      List<Partition> candidates,
      byte[] schemaHash,
      List<Undecodable> undecodable) {
    List<Optional<Partition>> fresh = new ArrayList<>();
    specs.forEach(spec -> fresh.add(Optional.empty()));
    boolean[] stale = new boolean[specs.size()];
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int i = 0; i < specs.size(); i++) {
        if (!stale[i]) {
          fresh.set(i, match(specs, i, candidates, schemaHash, undecodable.get(i), stale));
          if (fresh.get(i).isEmpty()) {
            stale[i] = true;
            changed = true;
          }
        }
      }
    }
    return fresh;
  }

  private static Optional<Partition> match(
      List<PartitionSpec> specs,
      int index,
      List<Partition> candidates,
      byte[] schemaHash,
      Undecodable undecodable,
      boolean[] stale) {
    PartitionSpec spec = specs.get(index);
    List<Partition> matches =
        candidates.stream()
            .filter(partition -> speaksFor(partition, spec))
            .filter(partition -> !onlyTouches(partition, spec, specs))
            .filter(partition -> !goesWithOther(partition, specs, index, stale))
            .toList();
    if (matches.size() != 1 || undecodable.outdated()) {
      return Optional.empty();
    }
    Partition only = matches.getFirst();
    return only.hasSourceCount()
            && Arrays.equals(only.schemaHash(), schemaHash)
            && only.sourceCount() >= required(only, specs, spec) - undecodable.objects()
        ? Optional.of(only)
        : Optional.empty();
  }

  /// A partition that spans several specs must have the objects of all of them.
  private static long required(Partition partition, List<PartitionSpec> specs, PartitionSpec own) {
    long sum = 0;
    for (PartitionSpec spec : specs) {
      boolean inside =
          !spec.firstInsert().isBefore(partition.beginInsertTime())
              && !spec.lastInsert().isAfter(partition.endInsertTime());
      if (spec == own || inside) {
        sum += spec.objects();
      }
    }
    return sum;
  }

  private static boolean speaksFor(Partition partition, PartitionSpec spec) {
    if (spec.isDegenerate()) {
      return hasRange(partition, spec);
    }
    return !partition.beginInsertTime().isAfter(spec.lastInsert())
        && !partition.endInsertTime().isBefore(spec.firstInsert());
  }

  /// Two specs may share one microsecond; the partition of one is then no match for the other.
  private static boolean onlyTouches(
      Partition partition, PartitionSpec spec, List<PartitionSpec> specs) {
    Instant begin = partition.beginInsertTime();
    Instant end = partition.endInsertTime();
    boolean touches =
        !hasRange(partition, spec)
            && (end.equals(spec.firstInsert()) || begin.equals(spec.lastInsert()));
    return touches && specs.stream().anyMatch(other -> other != spec && hasRange(partition, other));
  }

  private static boolean goesWithOther(
      Partition partition, List<PartitionSpec> specs, int index, boolean[] stale) {
    for (int other = 0; other < specs.size(); other++) {
      if (other != index
          && stale[other]
          && !partition.beginInsertTime().isBefore(specs.get(other).firstInsert())
          && !partition.endInsertTime().isAfter(specs.get(other).lastInsert())) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasRange(Partition partition, PartitionSpec spec) {
    return partition.beginInsertTime().equals(spec.firstInsert())
        && partition.endInsertTime().equals(spec.lastInsert());
  }
}
