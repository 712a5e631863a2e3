package micromegas.lakehouse.perfetto;

/// Lays slices out on tracks, on each of which they nest: a viewer ends the innermost slice of a
/// track first, whatever an event says. Not thread-safe.
sealed interface SliceTracks permits ThreadTracks, AsyncTracks {

  /// Takes the next slice.
  ///
  /// @param slice in the order of their begins, outer ones first
  void add(Slice slice);

  /// Ends what is open.
  void finish();

  /// Where events go; those of a track come in the order of their times.
  interface Events {
    void begin(long track, Slice slice);

    void end(long track, Slice slice);
  }
}
