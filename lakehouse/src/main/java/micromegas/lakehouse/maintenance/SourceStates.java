package micromegas.lakehouse.maintenance;

import micromegas.lakehouse.materialize.InsertSlice;
import micromegas.lakehouse.view.View;

/// Counts what there is to materialise. Thread-safe.
public interface SourceStates {

  SourceState of(View view, InsertSlice slice);

  /// Whether any block was inserted in the slice: one cheap question for all views.
  boolean anyBlock(InsertSlice slice);
}
