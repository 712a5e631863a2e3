package micromegas.tracing.spi;

import java.util.ArrayDeque;
import java.util.Deque;

/// Ranges of time for which blocks are wanted. When they are many, those of more than ten minutes
/// ago are forgotten and neighbours are joined, so that more is wanted, but nothing less. Not
/// thread-safe.
public final class WantedRanges {
  private static final int MAX = 1_024;
  private static final long FORGOTTEN_NANOS = 600_000_000_000L;

  /// @param begin in nanoseconds
  /// @param end inclusive
  private record Range(long begin, long end) {
    boolean touches(long from, long to) {
      return from <= end && to >= begin;
    }
  }

  private final Deque<Range> ranges = new ArrayDeque<>();

  /// Adds a range; one that touches the last one becomes a part of it.
  public void add(long begin, long end) {
    Range last = ranges.peekLast();
    if (last != null && last.touches(begin, end)) {
      ranges.pollLast();
      ranges.addLast(new Range(Math.min(begin, last.begin), Math.max(end, last.end)));
      return;
    }
    ranges.addLast(new Range(begin, end));
    if (ranges.size() > MAX) {
      ranges.removeIf(range -> range.end < begin - FORGOTTEN_NANOS);
      join();
    }
  }

  /// Makes one range of each two.
  private void join() {
    boolean odd = ranges.size() % 2 == 1;
    for (int left = ranges.size() / 2; left > 0; left--) {
      Range one = ranges.removeFirst();
      Range two = ranges.removeFirst();
      ranges.addLast(new Range(Math.min(one.begin, two.begin), Math.max(one.end, two.end)));
    }
    if (odd) {
      ranges.addLast(ranges.removeFirst()); // the newest has no partner
    }
  }

  /// Whether any range shares an instant with this one, both ends included.
  public boolean touches(long begin, long end) {
    for (Range range : ranges) {
      if (range.touches(begin, end)) {
        return true;
      }
    }
    return false;
  }
}
