package micromegas.tracing.junit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testing.RecordedMetric;
import micromegas.tracing.testing.RecordedSpanEvent;
import org.jspecify.annotations.Nullable;

/// What was recorded during a test, as text for people: logs in the order of their times, spans as
/// a tree per thread, metrics summed up by name.
final class TelemetryText {
  /// Characters of a log that are shown.
  private static final int MAX_TEXT = 4_000;

  private final StringBuilder text = new StringBuilder();
  private final long beginTicks;
  private final double ticksPerSecond;
  private final int lines;

  /// @param beginTicks of the test
  /// @param lines of each kind
  TelemetryText(long beginTicks, double ticksPerSecond, int lines) {
    this.beginTicks = beginTicks;
    this.ticksPerSecond = ticksPerSecond;
    this.lines = lines;
  }

  TelemetryText add(Recorded recorded) {
    logs(recorded.logs());
    spans(recorded);
    metrics(recorded.metrics());
    if (text.isEmpty()) {
      text.append("nothing was recorded\n");
    }
    return this;
  }

  /// Says what follows.
  TelemetryText title(String title) {
    text.append(title).append('\n');
    return this;
  }

  /// Without the end of the last line.
  @Override
  public String toString() {
    return text.substring(0, Math.max(0, text.length() - 1));
  }

  private void logs(List<RecordedLog> recorded) {
    List<RecordedLog> logs = new ArrayList<>(recorded);
    logs.sort((a, b) -> Long.compare(a.ticks() - beginTicks, b.ticks() - beginTicks));
    head("logs", logs.size(), "the last");
    for (RecordedLog log : last(logs)) {
      String shown = log.text();
      if (shown.length() > MAX_TEXT) {
        shown = shown.substring(0, MAX_TEXT) + "…";
      }
      text.append("  ").append(since(log.ticks())).append(' ');
      text.append(String.format(Locale.ROOT, "%-5s", log.level()));
      text.append(" [").append(log.target()).append("] ").append(shown.replace("\n", "\n      "));
      if (!log.properties().isEmpty()) {
        text.append(' ').append(new TreeMap<>(log.properties()));
      }
      text.append('\n');
    }
  }

  // ---- spans

  /// A span, begun and perhaps ended.
  private static final class Span {
    final RecordedSpanEvent begin;
    final int depth;
    @Nullable RecordedSpanEvent end;

    Span(RecordedSpanEvent begin, int depth) {
      this.begin = begin;
      this.depth = depth;
    }
  }

  private void spans(Recorded recorded) {
    Map<String, List<Span>> threads = new TreeMap<>();
    int count = 0;
    Map<Long, Span> async = new HashMap<>();
    for (Map.Entry<UUID, List<RecordedSpanEvent>> entry : recorded.spans().entrySet()) {
      String name = recorded.threads().getOrDefault(entry.getKey(), "");
      List<Span> spans = threads.computeIfAbsent(name, key -> new ArrayList<>());
      count += pair(entry.getValue(), spans, async);
    }
    head("spans", count, "the last of each thread");
    threads.forEach((name, spans) -> {
      if (!spans.isEmpty()) {
        text.append("  ").append(name.isEmpty() ? "(async)" : name).append('\n');
        last(spans).forEach(this::span);
      }
    });
  }

  /// @param async spans of all streams by their ids, since they may end in another one
  /// @return how many begin here
  private static int pair(List<RecordedSpanEvent> events, List<Span> spans, Map<Long, Span> async) {
    int before = spans.size();
    Deque<Span> open = new ArrayDeque<>();
    for (RecordedSpanEvent event : events) {
      if (event.isBegin()) {
        Span span = new Span(event, event.isAsync() ? event.depth() : open.size());
        spans.add(span);
        if (event.isAsync()) {
          async.put(event.id(), span);
        } else {
          open.push(span);
        }
      } else {
        Span span = event.isAsync() ? async.get(event.id()) : open.poll();
        if (span != null) {
          span.end = event;
        }
      }
    }
    return spans.size() - before;
  }

  private void span(Span span) {
    RecordedSpanEvent end = span.end;
    text.append("    ").append("  ".repeat(span.depth)).append(since(span.begin.ticks()));
    text.append(' ').append(span.begin.name());
    text.append(
        end == null
            ? " (open)"
            : String.format(
                Locale.ROOT,
                " %.3f ms",
                (end.ticks() - span.begin.ticks()) / ticksPerSecond * 1_000));
    text.append('\n');
  }

  // ---- metrics

  private void metrics(List<RecordedMetric> recorded) {
    Map<String, List<RecordedMetric>> series = new TreeMap<>();
    for (RecordedMetric metric : recorded) {
      if (!metric.target().equals("micromegas.tracing")) { // what the library says about itself
        String tags = metric.properties().isEmpty() ? "" : " " + new TreeMap<>(metric.properties());
        series.computeIfAbsent(metric.name() + tags, key -> new ArrayList<>()).add(metric);
      }
    }
    List<Map.Entry<String, List<RecordedMetric>>> shown = new ArrayList<>(series.entrySet());
    head("metrics", shown.size(), "the first");
    for (Map.Entry<String, List<RecordedMetric>> entry :
        shown.subList(0, Math.min(lines, shown.size()))) {
      List<RecordedMetric> samples = entry.getValue();
      List<Double> values = samples.stream().map(RecordedMetric::value).toList();
      text.append("  ").append(entry.getKey()).append(": ");
      text.append(number(values.get(values.size() - 1)));
      String unit = samples.get(0).unit();
      text.append(unit.isEmpty() ? "" : " " + unit);
      if (values.size() > 1) {
        text.append(", the last of ").append(values.size()).append(" samples from ");
        text.append(number(Collections.min(values))).append(" to ");
        text.append(number(Collections.max(values)));
      }
      text.append('\n');
    }
  }

  // ---- parts

  private void head(String kind, int count, String which) {
    if (count > 0) {
      text.append(kind);
      if (count > lines) {
        text.append(", ").append(which).append(' ').append(lines).append(" of ").append(count);
      }
      text.append('\n');
    }
  }

  private <T> List<T> last(List<T> all) {
    return all.subList(Math.max(0, all.size() - lines), all.size());
  }

  private String since(long ticks) {
    return String.format(Locale.ROOT, "+%.3f s", (ticks - beginTicks) / ticksPerSecond);
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
