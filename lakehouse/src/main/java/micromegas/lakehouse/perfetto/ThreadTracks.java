package micromegas.lakehouse.perfetto;

import java.util.function.LongSupplier;

/// The spans of one thread: on the track of the thread by their depth. Spans that cross others,
/// which blocks with overlapping times may have, go to further tracks.
final class ThreadTracks implements SliceTracks {
  private final OpenSlices thread;
  private final AsyncTracks crossing;

  /// @param track of the thread
  /// @param moreTracks makes a track for slices that cross others
  ThreadTracks(long track, LongSupplier moreTracks, Events events) {
    this.thread = new OpenSlices(track, events);
    this.crossing = new AsyncTracks(moreTracks, events);
  }

  @Override
  public void add(Slice slice) {
    while (!thread.isEmpty()
        && (thread.innermost().depth() >= slice.depth()
            || thread.innermost().endNanos() < slice.beginNanos())) {
      thread.end();
    }
    if (thread.takes(slice)) {
      thread.begin(slice);
    } else {
      crossing.add(slice);
    }
  }

  @Override
  public void finish() {
    while (!thread.isEmpty()) {
      thread.end();
    }
    crossing.finish();
  }
}
