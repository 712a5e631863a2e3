package micromegas.tracing.jfr;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import micromegas.tracing.NamedSpanSite;
import micromegas.tracing.PastSpans;

/// Writes spans of one stream that were collected in any order: outer ones first, and none beyond
/// the end of the one around it, since the spans of a stream must nest. Used by one thread.
final class NestingWriter {
  private final PastSpans stream;
  private final NamedSpanSite site;
  private final List<PastSpan> spans = new ArrayList<>();

  NestingWriter(PastSpans stream, NamedSpanSite site) {
    this.stream = stream;
    this.site = site;
  }

  void add(PastSpan span) {
    spans.add(span);
  }

  /// Writes what was added, and ends all of it.
  void write() {
    if (spans.isEmpty()) {
      return;
    }
    long origin = spans.get(0).beginTicks(); // ticks may wrap around
    spans.sort(
        Comparator.<PastSpan>comparingLong(span -> span.beginTicks() - origin)
            .thenComparingLong(span -> origin - span.endTicks()));
    List<Long> ends = new ArrayList<>();
    for (PastSpan span : spans) {
      endUntil(span.beginTicks(), ends);
      long end = span.endTicks();
      if (!ends.isEmpty() && end - ends.get(ends.size() - 1) > 0) {
        end = ends.get(ends.size() - 1);
      }
      if (stream.begin(site, span.name(), span.beginTicks())) {
        ends.add(end);
      }
    }
    while (!ends.isEmpty()) {
      stream.end(ends.remove(ends.size() - 1));
    }
    spans.clear();
  }

  private void endUntil(long ticks, List<Long> ends) {
    while (!ends.isEmpty() && ends.get(ends.size() - 1) - ticks <= 0) {
      stream.end(ends.remove(ends.size() - 1));
    }
  }

  void close() {
    stream.close();
  }
}
