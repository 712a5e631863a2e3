package micromegas.tracing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.tracing.spi.StreamKind;
import micromegas.tracing.testing.BlockDecoder;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testing.RecordedMetric;
import micromegas.tracing.testing.RecordedSpanEvent;
import micromegas.transit.CorruptBlockException;
import micromegas.transit.ProcessInfo;

/// Checks blocks against the rules that readers impose (`instrumentation.md` A15).
final class StreamValidator {
  private static final Set<String> LEVELS =
      Set.of("fatal", "error", "warning", "info", "debug", "trace");

  private final ProcessInfo process;
  private final List<String> violations = new ArrayList<>();
  private final BlockDecoder decoder = new BlockDecoder();

  /// What is known of a stream between two blocks.
  private static final class Known {
    long endTicks;
    long nextOffset;
    boolean any;
    long lastBegin = Long.MIN_VALUE;
    final Deque<String> open = new ArrayDeque<>();
  }

  private final Map<UUID, Known> streams = new HashMap<>();
  private final Set<UUID> blockIds = new HashSet<>();

  StreamValidator(ProcessInfo process) {
    this.process = process;
  }

  static List<String> validate(ProcessInfo process, List<FinishedBlock> blocks) {
    StreamValidator validator = new StreamValidator(process);
    blocks.forEach(validator::check);
    return validator.violations;
  }

  private void check(FinishedBlock block) {
    Known known = streams.computeIfAbsent(block.info().streamId(), id -> new Known());
    if (!blockIds.add(block.info().blockId())) {
      violations.add("block id used twice");
    }
    if (process.tscFrequency() <= 0) {
      violations.add("R14 no frequency");
    }
    if (!block.stream().tags().contains(block.kind().tag())) {
      violations.add("R9 stream without the tag " + block.kind().tag());
    }
    String thread = block.stream().properties().get("thread-id");
    if (block.kind() == StreamKind.SPANS
        && (thread == null || !thread.matches("[0-9]+") || Long.parseLong(thread) >> 32 != 0)) {
      violations.add("R9 thread-id " + thread);
    }
    if (block.info().objectOffset() != known.nextOffset) {
      violations.add("R15 offset " + block.info().objectOffset() + " for " + known.nextOffset);
    }
    known.nextOffset = block.info().objectOffset() + block.info().nbObjects();
    if (block.info().nbObjects() == 0) {
      violations.add("empty block");
    }
    if (known.any && block.info().beginTicks() > known.endTicks) {
      violations.add("R8 a gap before the block");
    }
    known.any = true;
    known.endTicks = block.info().endTicks();
    try {
      switch (block.kind()) {
        case LOGS -> decoder.logs(block).forEach(log -> check(block, log));
        case METRICS -> decoder.metrics(block).forEach(metric -> check(block, metric));
        case SPANS -> decoder.spans(block).forEach(span -> check(block, span, known));
        case IMAGES -> decoder.images(block).forEach(image -> bounds(block, image.ticks()));
      }
    } catch (CorruptBlockException e) {
      violations.add("R1-R6, R10: " + e.getMessage());
    }
  }

  private void check(FinishedBlock block, RecordedLog log) {
    bounds(block, log.ticks());
    String level = log.properties().get("level");
    if (level != null && !LEVELS.contains(level)) {
      violations.add("R12 level " + level);
    }
  }

  private void check(FinishedBlock block, RecordedMetric metric) {
    bounds(block, metric.ticks());
    if (metric.isInteger() && metric.value() >= 0x1p63) {
      violations.add("R11 negative integer");
    }
    for (String key : List.of("name", "unit", "target")) {
      if (metric.properties().containsKey(key)) {
        violations.add("R12 property " + key);
      }
    }
  }

  private void check(FinishedBlock block, RecordedSpanEvent span, Known known) {
    bounds(block, span.ticks());
    if (span.isAsync()) {
      return;
    }
    if (span.isBegin()) {
      if (span.ticks() < known.lastBegin) {
        violations.add("R8 begin goes back");
      }
      known.lastBegin = span.ticks();
      known.open.push(span.name());
    } else if (!known.open.isEmpty() && !known.open.pop().equals(span.name())) {
      violations.add("R7 end of " + span.name() + " does not match");
    } else if (known.lastBegin == Long.MIN_VALUE) {
      violations.add("R7 end of " + span.name() + " without a begin");
    }
  }

  private void bounds(FinishedBlock block, long ticks) {
    long relative = ticks - process.startTicks();
    if (relative < block.info().beginTicks() || relative > block.info().endTicks()) {
      violations.add("R8, R13 an event outside of the bounds of its block");
    }
  }
}
