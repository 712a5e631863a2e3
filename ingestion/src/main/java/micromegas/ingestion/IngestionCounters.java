package micromegas.ingestion;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import micromegas.common.MicromegasException;

/// The counters behind [IngestionMetrics]. Thread-safe.
final class IngestionCounters {
  private final LongAdder processes = new LongAdder();
  private final LongAdder streams = new LongAdder();
  private final LongAdder blocks = new LongAdder();
  private final LongAdder payloadBytes = new LongAdder();
  private final LongAdder duplicates = new LongAdder();
  private final LongAdder orphansHealed = new LongAdder();
  private final LongAdder objectsRecreated = new LongAdder();
  private final LongAdder[] rejected = new LongAdder[Door.values().length]; // by ordinal
  private final LongAdder forbidden = new LongAdder();
  private final LongAdder failed = new LongAdder();

  IngestionCounters() {
    Arrays.setAll(rejected, _ -> new LongAdder());
  }

  void process(boolean isNew) {
    (isNew ? processes : duplicates).increment();
  }

  void stream(boolean isNew) {
    (isNew ? streams : duplicates).increment();
  }

  void block(BlockOutcome outcome, long objectSize) {
    switch (outcome) {
      case STORED -> {
        blocks.increment();
        payloadBytes.add(objectSize);
      }
      case DUPLICATE -> duplicates.increment();
      case ORPHAN_HEALED -> orphansHealed.increment();
      case OBJECT_RECREATED -> {
        objectsRecreated.increment();
        payloadBytes.add(objectSize);
      }
    }
  }

  void rejected(Door door) {
    rejected[door.ordinal()].increment();
  }

  /// Requests that cannot be read are counted with their door, by [#rejected].
  void error(Throwable error) {
    switch (error) {
      case MicromegasException known -> {
        switch (known) {
          case micromegas.common.BadRequestException e -> {}
          case micromegas.common.CorruptDataException e -> {}
          case micromegas.common.ConflictException e -> forbidden.increment();
          case micromegas.common.NotFoundException e -> failed.increment();
          case micromegas.common.ResourceExhaustedException e -> failed.increment();
          case micromegas.common.UnavailableException e -> failed.increment();
        }
      }
      default -> failed.increment();
    }
  }

  IngestionMetrics snapshot() {
    Map<Door, Long> rejectedBy = new EnumMap<>(Door.class);
    for (Door door : Door.values()) {
      rejectedBy.put(door, rejected[door.ordinal()].sum());
    }
    return new IngestionMetrics(
        processes.sum(),
        streams.sum(),
        blocks.sum(),
        payloadBytes.sum(),
        duplicates.sum(),
        orphansHealed.sum(),
        objectsRecreated.sum(),
        rejectedBy,
        forbidden.sum(),
        failed.sum());
  }
}
