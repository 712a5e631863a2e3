package micromegas.lakehouse.maintenance;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import micromegas.common.ConflictException;
import micromegas.common.TimeRange;
import micromegas.lake.partition.Partition;
import micromegas.lake.partition.PartitionStore;
import micromegas.lake.partition.RetireRule;

/// Partitions in memory, under the rules of the table: containment, and no overlap of one hash.
final class MemoryPartitions implements PartitionStore {
  private final List<Partition> rows = new ArrayList<>();
  int snapshots;

  @Override
  public synchronized List<Partition> listByEventTime(
      String viewSet, String instanceId, TimeRange range, byte[] schemaHash) {
    throw new AssertionError("batch views are listed by insert time");
  }

  @Override
  public synchronized List<Partition> listByInsertTime(
      String viewSet, String instanceId, Instant begin, Instant end) {
    return rows.stream()
        .filter(row -> row.viewSet().equals(viewSet) && row.instanceId().equals(instanceId))
        .filter(row -> !row.beginInsertTime().isAfter(end) && !row.endInsertTime().isBefore(begin))
        .sorted(Comparator.comparing(Partition::beginInsertTime))
        .toList();
  }

  @Override
  public synchronized List<Partition> snapshot(Instant begin, Instant end) {
    snapshots++;
    return rows.stream()
        .filter(row -> row.beginInsertTime().isBefore(end) && row.endInsertTime().isAfter(begin))
        .sorted(Comparator.comparing(Partition::beginInsertTime))
        .toList();
  }

  @Override
  public synchronized List<Partition> listAll() {
    return List.copyOf(rows);
  }

  @Override
  public void registerUpload(String filePath) {}

  @Override
  public synchronized List<Partition> commit(Partition partition, RetireRule rule) {
    List<Partition> kept = new ArrayList<>();
    List<Partition> retired = new ArrayList<>();
    for (Partition row : rows) {
      boolean same =
          row.viewSet().equals(partition.viewSet())
              && row.instanceId().equals(partition.instanceId());
      boolean contained =
          !row.beginInsertTime().isBefore(partition.beginInsertTime())
              && !row.endInsertTime().isAfter(partition.endInsertTime());
      if (same && contained) {
        retired.add(row);
        continue;
      }
      if (same
          && Arrays.equals(row.schemaHash(), partition.schemaHash())
          && row.beginInsertTime().isBefore(partition.endInsertTime())
          && row.endInsertTime().isAfter(partition.beginInsertTime())) {
        throw new ConflictException("overlap of " + row + " and " + partition);
      }
      kept.add(row);
    }
    if (rule instanceof RetireRule.Inputs inputs && !RetireRule.Inputs.of(retired).equals(inputs)) {
      throw new ConflictException("the inputs of " + partition + " changed");
    }
    kept.add(partition);
    rows.clear();
    rows.addAll(kept);
    return retired;
  }

  @Override
  public void abandon(String filePath) {}

  @Override
  public List<Partition> retire(String viewSet, String instanceId, Instant begin, Instant end) {
    throw new AssertionError("not used by passes");
  }

  @Override
  public Optional<Partition> retireByFile(String filePath) {
    throw new AssertionError("not used by passes");
  }

  @Override
  public Optional<Partition> retireByMetadata(
      String viewSet, String instanceId, Instant begin, Instant end) {
    throw new AssertionError("not used by passes");
  }

  @Override
  public synchronized int retireExpired(Instant horizon, int limit) {
    List<Partition> expired =
        rows.stream().filter(row -> row.endInsertTime().isBefore(horizon)).limit(limit).toList();
    rows.removeAll(expired);
    return expired.size();
  }
}
