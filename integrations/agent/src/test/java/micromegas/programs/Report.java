package micromegas.programs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Telemetry;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedSpanEvent;

/// Telemetry of a program, which prints what was recorded. The library is the agent's, or the
/// program's own.
final class Report {
  private static final long AWAITED_NANOS = 10_000_000_000L;

  private final MemorySink sink = new MemorySink();
  private final Telemetry telemetry;

  Report() {
    telemetry =
        Telemetry.builder()
            .sink(sink)
            .spans(true)
            .consoleLevels(LevelFilter.OFF)
            .jvmPeriod(Duration.ZERO)
            .start();
  }

  /// Prints the spans that have begun, and forgets them: `thread DEPTH NAME` and `async NAME <
  /// PARENT`, then how many have not ended. A stage ends its span after it has woken who waits for
  /// it, so ends are awaited for a while.
  void print(String title) {
    awaitEnds();
    System.out.println("== " + title);
    Map<Long, String> names = new HashMap<>(Map.of(0L, "none"));
    List<String> asyncs = new ArrayList<>();
    for (List<RecordedSpanEvent> events : sink.spans().values()) {
      for (RecordedSpanEvent event : events) {
        if (event.isAsync() && event.isBegin()) {
          names.put(event.id(), event.name());
        }
      }
    }
    for (List<RecordedSpanEvent> events : sink.spans().values()) {
      int depth = 0;
      for (RecordedSpanEvent event : events) {
        if (event.isAsync()) {
          if (event.isBegin()) {
            asyncs.add("async " + event.name() + " < " + names.get(event.parent()));
          }
        } else if (event.isBegin()) {
          System.out.println("thread " + depth++ + " " + event.name() + " :" + event.line());
        } else {
          depth--;
        }
      }
    }
    asyncs.stream().sorted().forEach(System.out::println);
    System.out.println("open " + open());
    sink.clear();
  }

  /// Prints how many spans have not ended, and forgets all.
  void printEnds(String title) {
    awaitEnds();
    System.out.println("== " + title);
    System.out.println("open " + open());
    sink.clear();
  }

  private void awaitEnds() {
    long deadline = System.nanoTime() + AWAITED_NANOS;
    telemetry.flush(Duration.ofSeconds(10));
    while (open() != 0 && System.nanoTime() < deadline) {
      Thread.yield();
      telemetry.flush(Duration.ofSeconds(10));
    }
    telemetry.flush(Duration.ofSeconds(10)); // logs of before the last end, which are read first
  }

  /// Prints the async spans in the order of their events, and what was logged of servers, and
  /// forgets both.
  void printInOrder(String title) {
    awaitEnds();
    System.out.println("== " + title);
    List<RecordedSpanEvent> events =
        sink.spans().values().stream()
            .flatMap(List::stream)
            .filter(RecordedSpanEvent::isAsync)
            .sorted(Comparator.comparingLong(RecordedSpanEvent::ticks))
            .toList();
    Map<Long, String> names = new HashMap<>(Map.of(0L, "none"));
    for (RecordedSpanEvent event : events) {
      names.putIfAbsent(event.id(), event.name());
      System.out.println(
          event.isBegin()
              ? "begin " + event.name() + " < " + names.get(event.parent())
              : "end " + event.name());
    }
    sink.logs().stream()
        .filter(log -> log.target().contains("ervlet") || log.target().contains("Codec"))
        .forEach(log -> System.out.println("log " + log.text()));
    System.out.println("open " + open());
    sink.clear();
  }

  private int open() {
    return sink.spans().values().stream()
        .flatMap(List::stream)
        .mapToInt(event -> event.isBegin() ? 1 : -1)
        .sum();
  }
}
