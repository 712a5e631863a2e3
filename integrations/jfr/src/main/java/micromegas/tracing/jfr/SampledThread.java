package micromegas.tracing.jfr;

import java.util.ArrayList;
import java.util.List;
import micromegas.tracing.Name;
import micromegas.tracing.NamedSpanSite;
import micromegas.tracing.PastSpans;

/// Turns the samples of a thread into spans: a sample stands for the period that begins with it,
/// and frames that the next sample has too go on. So the time of a span is that of its samples, as
/// in any flame graph of samples. Used by one thread.
final class SampledThread {
  private final PastSpans stream;
  private final NamedSpanSite site;
  private final long periodTicks;
  private final List<String> open = new ArrayList<>();
  private long last;

  /// @param periodTicks between two samples
  SampledThread(PastSpans stream, NamedSpanSite site, long periodTicks) {
    this.stream = stream;
    this.site = site;
    this.periodTicks = periodTicks;
  }

  /// A sample, not before those of earlier calls.
  ///
  /// @param frames the outermost first
  void sample(long ticks, List<String> frames) {
    endIfOlder(ticks);
    int common = 0;
    while (common < open.size()
        && common < frames.size()
        && open.get(common).equals(frames.get(common))) {
      common++;
    }
    end(ticks, common);
    for (String frame : frames.subList(common, frames.size())) {
      if (!stream.begin(site, Name.of(frame), ticks)) {
        break;
      }
      open.add(frame);
    }
    last = ticks;
  }

  /// Ends the last sample, if no sample that follows it can be at those ticks or later.
  void endIfOlder(long ticks) {
    if (!open.isEmpty() && ticks - last > periodTicks + periodTicks / 2) {
      end(last + periodTicks, 0);
    }
  }

  /// Whether a sample at those ticks would not cut the last one short.
  boolean isFree(long ticks) {
    return open.isEmpty() || ticks - last >= periodTicks;
  }

  void close() {
    end(last + periodTicks, 0);
    stream.close();
  }

  private void end(long ticks, int depth) {
    while (open.size() > depth) {
      open.remove(open.size() - 1);
      stream.end(ticks);
    }
  }
}
