package micromegas.lakehouse.perfetto;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Spans that may run side by side: as many tracks as run at a time. A span lies inside another on
/// its track only if that is its parent; while the parent's track has another child, it goes to a
/// track that is free. Memory is that of the spans that are open.
final class AsyncTracks implements SliceTracks {
  /// Tracks that are used again; when all have an open span, further spans get one each.
  static final int MAX_LANES = 1 << 14;

  private final LongSupplier newTrack;
  private final Events events;
  private final List<Lane> lanes = new ArrayList<>();

  /// Lanes without an open slice, first ones first, so that few are used much.
  private final PriorityQueue<Lane> free =
      new PriorityQueue<>(Comparator.comparingInt(Lane::index));

  /// The others, by the end of their outermost slice.
  private final PriorityQueue<Lane> busy =
      new PriorityQueue<>(Comparator.comparingLong(lane -> lane.slices.outermost().endNanos()));

  /// Lanes of open slices by their ids.
  private final Map<Long, Lane> byId = new HashMap<>();

  private record Lane(int index, OpenSlices slices) {}

  /// @param newTrack makes a track
  AsyncTracks(LongSupplier newTrack, Events events) {
    this.newTrack = newTrack;
    this.events = events;
  }

  /// @param first track that is there already
  AsyncTracks(long first, LongSupplier newTrack, Events events) {
    this(newTrack, events);
    Lane lane = new Lane(0, new OpenSlices(first, events));
    lanes.add(lane);
    free.add(lane);
  }

  @Override
  public void add(Slice slice) {
    while (!busy.isEmpty() && busy.element().slices.outermost().endNanos() <= slice.beginNanos()) {
      Lane lane = busy.remove();
      close(lane, Long.MAX_VALUE);
      free.add(lane);
    }
    @Nullable Lane around = byId.get(slice.parent());
    if (around != null) {
      close(around, slice.beginNanos());
      if (around.slices.innermost().id() == slice.parent() && around.slices.takes(slice)) {
        begin(around, slice);
        return;
      }
    }
    @Nullable Lane lane = freeLane();
    if (lane == null) {
      OpenSlices own = new OpenSlices(newTrack.getAsLong(), events);
      own.begin(slice);
      own.end();
      return;
    }
    begin(lane, slice);
    busy.add(lane);
  }

  @Override
  public void finish() {
    lanes.forEach(lane -> close(lane, Long.MAX_VALUE));
    busy.clear();
    free.clear();
    free.addAll(lanes);
  }

  private @Nullable Lane freeLane() {
    if (free.isEmpty() && lanes.size() < MAX_LANES) {
      Lane lane = new Lane(lanes.size(), new OpenSlices(newTrack.getAsLong(), events));
      lanes.add(lane);
      return lane;
    }
    return free.poll();
  }

  private void begin(Lane lane, Slice slice) {
    if (lane.slices.begin(slice)) {
      byId.put(slice.id(), lane);
    }
  }

  /// Ends the slices that have ended by then.
  private void close(Lane lane, long nanos) {
    while (!lane.slices.isEmpty() && lane.slices.innermost().endNanos() <= nanos) {
      byId.remove(lane.slices.end().id(), lane);
    }
  }
}
