package micromegas.lakehouse.perfetto;

import java.util.ArrayList;
import java.util.List;

/// The slices of one track that have begun and not ended, each inside the one before it. Not
/// thread-safe.
final class OpenSlices {
  /// Slices that are kept open; what is nested deeper ends at once, out of order.
  static final int MAX_DEPTH = 1 << 16;

  private final long track;
  private final SliceTracks.Events events;
  private final List<Slice> open = new ArrayList<>();
  private long lastNanos = Long.MIN_VALUE;

  OpenSlices(long track, SliceTracks.Events events) {
    this.track = track;
    this.events = events;
  }

  boolean isEmpty() {
    return open.isEmpty();
  }

  Slice outermost() {
    return open.getFirst();
  }

  Slice innermost() {
    return open.getLast();
  }

  /// Whether a slice would lie inside the innermost one, or after all that were.
  boolean takes(Slice slice) {
    return slice.beginNanos() >= lastNanos
        && (open.isEmpty() || slice.endNanos() <= innermost().endNanos());
  }

  /// Begins a slice that [#takes] says yes to.
  ///
  /// @return whether it is open now
  boolean begin(Slice slice) {
    events.begin(track, slice);
    if (open.size() == MAX_DEPTH) {
      events.end(track, slice);
      return false;
    }
    lastNanos = slice.beginNanos();
    open.add(slice);
    return true;
  }

  /// Ends the innermost slice.
  ///
  /// @return the slice
  Slice end() {
    Slice slice = open.removeLast();
    lastNanos = slice.endNanos();
    events.end(track, slice);
    return slice;
  }
}
