package micromegas.tracing.jfr;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import micromegas.tracing.NamedSpanSite;
import micromegas.tracing.PastSpans;
import org.jspecify.annotations.Nullable;

/// Writes spans that were collected in any order: outer ones first. The spans of a stream must nest
/// and cannot be written later than those that follow them; so one that crosses another, or comes
/// after later ones were written, goes to one more stream of the same name. When there are no more
/// of these, it is cut to fit into the last. Used by one thread.
final class NestingWriter {
  private final Supplier<@Nullable PastSpans> opener;
  private final NamedSpanSite site;
  private final int maxLanes;
  private final List<PastSpan> spans = new ArrayList<>();
  private final List<Lane> lanes = new ArrayList<>();

  /// @param opener of streams of the same name; null when no telemetry runs
  /// @param maxLanes streams, at least one
  NestingWriter(Supplier<@Nullable PastSpans> opener, NamedSpanSite site, int maxLanes) {
    this.opener = opener;
    this.site = site;
    this.maxLanes = maxLanes;
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
    spans.forEach(this::write);
    lanes.forEach(Lane::endAll);
    spans.clear();
  }

  private void write(PastSpan span) {
    for (Lane lane : lanes) {
      if (lane.fits(span)) {
        lane.write(span);
        return;
      }
    }
    PastSpans stream = lanes.size() < maxLanes ? opener.get() : null;
    if (stream != null) {
      lanes.add(new Lane(stream));
    }
    if (!lanes.isEmpty()) {
      lanes.get(lanes.size() - 1).write(span);
    }
  }

  void close() {
    lanes.forEach(lane -> lane.stream.close());
  }

  /// One stream, whose spans nest.
  private final class Lane {
    final PastSpans stream;
    final List<Long> ends = new ArrayList<>();
    boolean hasLast;
    long last;

    Lane(PastSpans stream) {
      this.stream = stream;
    }

    /// Whether the span would keep its begin and its end. Closes what ended before it.
    boolean fits(PastSpan span) {
      endUntil(span.beginTicks());
      return (!hasLast || span.beginTicks() - last >= 0)
          && (ends.isEmpty() || span.endTicks() - ends.get(ends.size() - 1) <= 0);
    }

    void write(PastSpan span) {
      long end = span.endTicks();
      if (!ends.isEmpty() && end - ends.get(ends.size() - 1) > 0) {
        end = ends.get(ends.size() - 1);
      }
      if (stream.begin(site, span.name(), span.beginTicks())) {
        ends.add(end);
        moveTo(span.beginTicks());
      }
    }

    void endUntil(long ticks) {
      while (!ends.isEmpty() && ends.get(ends.size() - 1) - ticks <= 0) {
        end();
      }
    }

    void endAll() {
      while (!ends.isEmpty()) {
        end();
      }
    }

    private void end() {
      long end = ends.remove(ends.size() - 1);
      stream.end(end);
      moveTo(end);
    }

    private void moveTo(long ticks) {
      if (!hasLast || ticks - last > 0) {
        last = ticks;
        hasLast = true;
      }
    }
  }
}
