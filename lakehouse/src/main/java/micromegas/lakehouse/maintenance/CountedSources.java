package micromegas.lakehouse.maintenance;

import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.lakehouse.materialize.SliceBuilder;
import micromegas.lakehouse.materialize.SourceTotals;
import micromegas.lakehouse.materialize.UndecodableObjects;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewSource;

/// Counts through the builders of the views and the list of undecodable blocks.
///
/// @param builder knows how the source of each view is counted
/// @param totals counts blocks of all views at once
public record CountedSources(
    SliceBuilder builder, SourceTotals totals, UndecodableObjects undecodable)
    implements SourceStates {

  @Override
  public SourceState of(View view, InsertSlice slice) {
    long total = builder.count(view, slice);
    if (total == 0) {
      return SourceState.of(0);
    }
    UndecodableObjects.Undecodable failed = undecodable.of(view, slice);
    // A SQL view decodes nothing itself: it is stale once its sources have healed, which the count
    // shows.
    boolean retry = failed.olderDecoder() && !(view.source() instanceof ViewSource.Sql);
    return new SourceState(total, failed.objects(), retry);
  }

  @Override
  public boolean anyBlock(InsertSlice slice) {
    return totals.anyBlock(slice);
  }
}
