package micromegas.lakehouse.jit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import micromegas.lakehouse.blocks.SourceBlock;

/// Divides the blocks of one hour of insert time into partitions (`lakehouse.md` 9.3).
///
/// Groups are cut only where all insert times before the cut are at most those after it, so that
/// the insert ranges of the groups ascend and at most touch. Therefore a group may outgrow the
/// limit.
public final class BlockGrouping {
  /// Events in a partition above which the next block starts a new one, where possible.
  public static final long MAX_OBJECTS = 20L * 1024 * 1024;

  private BlockGrouping() {}

  /// The groups of `blocks`, without those that have no event.
  ///
  /// @param blocks of one hour, in the order in which they are decoded
  public static List<PartitionSpec> group(List<SourceBlock> blocks, long maxObjects) {
    Instant[] smallestAfter = smallestInsertTimes(blocks);
    List<PartitionSpec> specs = new ArrayList<>();
    int start = 0;
    int lastSafe = -1;
    long objects = 0;
    Instant largest = Instant.MIN;
    for (int i = 0; i < blocks.size(); i++) {
      boolean safe = i > start && !largest.isAfter(smallestAfter[i]);
      if (safe) {
        lastSafe = i;
      }
      if (i > start && objects + objects(blocks, i) > maxObjects && lastSafe > start) {
        // Here when that is safe, else at the last place where it was.
        int cut = lastSafe;
        add(specs, blocks.subList(start, cut));
        start = cut;
        lastSafe = -1;
        objects = 0;
        largest = Instant.MIN;
        for (int j = cut; j < i; j++) {
          objects += objects(blocks, j);
          largest = later(largest, blocks.get(j).block().insertTime());
        }
      }
      objects += objects(blocks, i);
      largest = later(largest, blocks.get(i).block().insertTime());
    }
    add(specs, blocks.subList(start, blocks.size()));
    return specs;
  }

  /// For each position the smallest insert time from there on; beyond the end, the largest instant.
  private static Instant[] smallestInsertTimes(List<SourceBlock> blocks) {
    Instant[] smallest = new Instant[blocks.size() + 1];
    smallest[blocks.size()] = Instant.MAX;
    for (int i = blocks.size() - 1; i >= 0; i--) {
      Instant own = blocks.get(i).block().insertTime();
      smallest[i] = own.isBefore(smallest[i + 1]) ? own : smallest[i + 1];
    }
    return smallest;
  }

  private static void add(List<PartitionSpec> specs, List<SourceBlock> group) {
    if (group.stream().anyMatch(block -> block.block().info().nbObjects() != 0)) {
      specs.add(PartitionSpec.of(group));
    }
  }

  private static long objects(List<SourceBlock> blocks, int index) {
    return blocks.get(index).block().info().nbObjects();
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
