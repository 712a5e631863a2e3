package micromegas.tracing.junit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import micromegas.tracing.DefaultContext;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.tracing.spi.StreamKind;
import micromegas.tracing.testing.BlockDecoder;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testing.RecordedMetric;
import micromegas.tracing.testing.RecordedSpanEvent;
import micromegas.transit.StreamInfo;

/// Finds out what the events since the begin of a test belong to. Logs and metrics name the async
/// span they were recorded in, async spans their parent, and at the top of these is the context of
/// a test; spans of threads are in the stream of their thread. Not thread-safe.
final class Attribution {
  /// What an event belongs to.
  enum Origin {
    /// The test, or a task that was started with its context.
    THIS_TEST,
    /// Another test that is recorded.
    OTHER_TEST,
    /// A thread that nobody has given a context.
    UNKNOWN
  }

  private final Session session;
  private final TestRun test;
  private final Map<Long, Long> parents = new HashMap<>();
  private final BlockDecoder decoder = new BlockDecoder();

  Attribution(Session session, TestRun test) {
    this.session = session;
    this.test = test;
    for (FinishedBlock block : session.blocks().all()) {
      if (block.kind() == StreamKind.SPANS) {
        for (RecordedSpanEvent event : decoder.spans(block)) {
          if (event.isAsync()) {
            parents.put(event.id(), event.parent());
          }
        }
      }
    }
  }

  /// The events that belong to one of these.
  Recorded events(Set<Origin> wanted) {
    List<RecordedLog> logs = new ArrayList<>();
    List<RecordedMetric> metrics = new ArrayList<>();
    Map<UUID, List<RecordedSpanEvent>> spans = new LinkedHashMap<>();
    Map<UUID, String> threads = new HashMap<>();
    for (FinishedBlock block : session.blocks().since(test.firstBlock())) {
      switch (block.kind()) {
        case LOGS -> {
          for (RecordedLog log : decoder.logs(block)) {
            if (wanted.contains(of(log.properties()))) {
              logs.add(
                  new RecordedLog(
                      log.ticks(),
                      log.level(),
                      log.target(),
                      log.text(),
                      withoutMark(log.properties())));
            }
          }
        }
        case METRICS -> {
          for (RecordedMetric metric : decoder.metrics(block)) {
            if (wanted.contains(of(metric.properties()))) {
              metrics.add(
                  new RecordedMetric(
                      metric.ticks(),
                      metric.name(),
                      metric.unit(),
                      metric.target(),
                      metric.value(),
                      metric.isInteger(),
                      withoutMark(metric.properties())));
            }
          }
        }
        case SPANS -> {
          List<RecordedSpanEvent> found = spans(block, wanted);
          if (!found.isEmpty()) {
            UUID stream = block.info().streamId();
            spans.computeIfAbsent(stream, key -> new ArrayList<>()).addAll(found);
            threads.put(stream, block.stream().properties().getOrDefault("thread-name", ""));
          }
        }
        case IMAGES -> {} // are not shown
      }
    }
    return new Recorded(logs, metrics, spans, threads);
  }

  private List<RecordedSpanEvent> spans(FinishedBlock block, Set<Origin> wanted) {
    Origin thread = ofThread(block.stream());
    List<RecordedSpanEvent> found = new ArrayList<>();
    for (RecordedSpanEvent event : decoder.spans(block)) {
      Origin origin = event.isAsync() ? ofSpan(event.id()) : thread;
      if (wanted.contains(origin == Origin.UNKNOWN ? thread : origin)) {
        found.add(event.isAsync() && event.parent() == test.id() ? asRoot(event) : event);
      }
    }
    return found;
  }

  private static RecordedSpanEvent asRoot(RecordedSpanEvent event) {
    return new RecordedSpanEvent(
        event.ticks(),
        event.isBegin(),
        true,
        event.name(),
        event.target(),
        event.file(),
        event.line(),
        event.id(),
        0,
        event.depth());
  }

  private Origin of(Map<String, String> properties) {
    String span = properties.get(DefaultContext.SPAN_ID);
    return span == null ? Origin.UNKNOWN : ofSpan(Long.parseLong(span));
  }

  private Origin ofSpan(long id) {
    Set<Long> seen = new HashSet<>(); // ids of foreign recorders need not make a tree
    long span = id;
    while (span != 0 && seen.add(span)) {
      if (span == test.id()) {
        return Origin.THIS_TEST;
      }
      if (session.isTest(span)) {
        return Origin.OTHER_TEST;
      }
      span = parents.getOrDefault(span, 0L);
    }
    return Origin.UNKNOWN;
  }

  private Origin ofThread(StreamInfo stream) {
    long thread = Long.parseLong(stream.properties().getOrDefault("thread-id", "0"));
    return test.hasThread(thread)
        ? Origin.THIS_TEST
        : session.hasRunTests(thread) ? Origin.OTHER_TEST : Origin.UNKNOWN;
  }

  private static Map<String, String> withoutMark(Map<String, String> properties) {
    if (!properties.containsKey(DefaultContext.SPAN_ID)) {
      return properties;
    }
    Map<String, String> own = new TreeMap<>(properties);
    own.remove(DefaultContext.SPAN_ID);
    return own;
  }
}
