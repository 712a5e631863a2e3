package micromegas.lakehouse.materialize;

import micromegas.lakehouse.view.View;

/// Tells how much of a slice could not be decoded. Thread-safe.
@FunctionalInterface
public interface UndecodableObjects {

  /// Nothing ever fails to decode.
  UndecodableObjects NONE = (view, slice) -> Undecodable.NOTHING;

  /// For views of blocks, their own failures; for SQL views, those of the views they read.
  Undecodable of(View view, InsertSlice slice);

  /// @param objects events of the blocks that are recorded as undecodable, whichever decoder tried
  ///   last
  /// @param olderDecoder whether there are blocks among them that only older decoders have tried
  record Undecodable(long objects, boolean olderDecoder) {
    public static final Undecodable NOTHING = new Undecodable(0, false);
  }
}
