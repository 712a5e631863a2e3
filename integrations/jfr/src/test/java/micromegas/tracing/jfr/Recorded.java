package micromegas.tracing.jfr;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import micromegas.tracing.Level;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Telemetry;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testing.RecordedMetric;
import micromegas.tracing.testing.RecordedSpanEvent;
import micromegas.transit.StreamInfo;

/// Telemetry of a test, and what was recorded in it.
final class Recorded {
  private static final int ATTEMPTS = 60;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final MemorySink sink = new MemorySink();

  /// @param depth spans of the stream around it
  record Interval(String name, long begin, long end, int depth) {}

  MemorySink sink() {
    return sink;
  }

  Telemetry start() {
    return Telemetry.builder()
        .sink(sink)
        .spans(true)
        .recordLevels(LevelFilter.of(Level.TRACE))
        .consoleLevels(LevelFilter.OFF)
        .jvmPeriod(Duration.ZERO)
        .shutdownHook(false)
        .start();
  }

  /// A recorder whose close waits as long as it takes.
  static JfrRecorder recorder(JfrSettings settings) {
    return JfrRecorder.start(settings, () -> Long.MAX_VALUE, PATIENCE);
  }

  /// The spans of the streams with that name of a thread.
  List<Interval> spans(String threadName) {
    Map<UUID, List<RecordedSpanEvent>> all = sink.spans();
    List<Interval> spans = new ArrayList<>();
    for (StreamInfo stream : sink.streams()) {
      if (threadName.equals(stream.properties().get("thread-name"))) {
        nested(all.getOrDefault(stream.streamId(), List.of()), spans);
      }
    }
    return spans;
  }

  private static void nested(List<RecordedSpanEvent> events, List<Interval> spans) {
    Deque<RecordedSpanEvent> open = new ArrayDeque<>();
    for (RecordedSpanEvent event : events) {
      if (event.isAsync()) {
        continue;
      }
      if (event.isBegin()) {
        open.push(event);
        continue;
      }
      RecordedSpanEvent begin = open.pop();
      if (!begin.name().equals(event.name()) || event.ticks() - begin.ticks() < 0) {
        throw new AssertionError(begin + " does not match " + event);
      }
      spans.add(new Interval(begin.name(), begin.ticks(), event.ticks(), open.size()));
    }
  }

  /// All async spans.
  List<Interval> asyncSpans() {
    Map<Long, RecordedSpanEvent> begins = new HashMap<>();
    List<Interval> spans = new ArrayList<>();
    sink.spans().values().stream()
        .flatMap(List::stream)
        .filter(RecordedSpanEvent::isAsync)
        .forEach(event -> {
          if (event.isBegin()) {
            begins.put(event.id(), event);
          } else {
            long begin = begins.remove(event.id()).ticks();
            spans.add(new Interval(event.name(), begin, event.ticks(), 0));
          }
        });
    return spans;
  }

  /// Texts of the logs of a target.
  List<String> logs(String target) {
    return sink.logs().stream()
        .filter(log -> log.target().equals(target))
        .map(RecordedLog::text)
        .toList();
  }

  Stream<RecordedMetric> metrics(String name) {
    return sink.metrics().stream().filter(metric -> metric.name().equals(name));
  }

  /// Does something until the recorder has delivered what is looked for.
  void until(JfrRecorder recorder, Telemetry telemetry, Runnable action, BooleanSupplier found)
      throws InterruptedException {
    for (int i = 0; i < ATTEMPTS; i++) {
      action.run();
      flush(recorder, telemetry);
      if (found.getAsBoolean()) {
        return;
      }
    }
    throw new AssertionError(
        "not found in "
            + ATTEMPTS
            + " deliveries: "
            + sink.streams()
            + asyncSpans()
            + sink.logs()
            + sink.metrics());
  }

  /// Waits for everything that has happened.
  static void flush(JfrRecorder recorder, Telemetry telemetry) throws InterruptedException {
    if (!recorder.flush(PATIENCE)) {
      throw new AssertionError("the recorder does not deliver");
    }
    telemetry.flush(PATIENCE);
  }
}
