package micromegas.lakehouse.maintenance;

import java.util.List;
import micromegas.lake.partition.Partition;
import micromegas.lakehouse.materialize.InsertSlice;

/// What to do with one slice of one view (`lakehouse.md` 8.3).
public sealed interface SliceDecision {

  /// Build the slice from its source.
  ///
  /// @param reason why, for the progress log
  record Create(String reason) implements SliceDecision {}

  /// Merge the partitions, which together hold the whole slice.
  record Merge(List<Partition> inputs) implements SliceDecision {
    public Merge {
      inputs = List.copyOf(inputs);
    }
  }

  /// One partition holds the whole slice.
  record UpToDate(Partition partition) implements SliceDecision {}

  /// A partition reaches outside the slice: someone else's slicing, or a longer slice that is
  /// already there. It stays as it is.
  record Abort(Partition partition) implements SliceDecision {}

  /// Decides by counts alone.
  ///
  /// @param candidates partitions of the view, with its current schema hash, that strictly overlap
  ///   the slice
  static SliceDecision decide(InsertSlice slice, List<Partition> candidates, SourceState source) {
    if (candidates.isEmpty()) {
      return new Create("matching partitions not found");
    }
    long recorded = 0;
    boolean counted = true;
    for (Partition candidate : candidates) {
      if (!slice.contains(candidate.beginInsertTime(), candidate.endInsertTime())) {
        return new Abort(candidate);
      }
      if (candidate.hasSourceCount()) {
        recorded += candidate.sourceCount();
      } else {
        counted = false;
      }
    }
    if (!counted) {
      return new Create("a partition has no source count");
    }
    if (!source.matches(recorded)) {
      return new Create(
          "existing partitions do not match source data: nb_source_events="
              + recorded
              + ", expected "
              + source.total());
    }
    if (source.retry()) {
      return new Create("blocks that an older decoder could not read are tried again");
    }
    return candidates.size() > 1 ? new Merge(candidates) : new UpToDate(candidates.getFirst());
  }
}
