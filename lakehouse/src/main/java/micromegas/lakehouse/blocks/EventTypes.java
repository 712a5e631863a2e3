package micromegas.lakehouse.blocks;

import micromegas.transit.RecordLayout;
import micromegas.transit.TypeTable;

/// The event types that a view set reads. Stateless; one instance per decoder, since compiled plans
/// are kept under it.
///
/// @param <F> field handles of the view set
interface EventTypes<F extends EventFields> {

  /// How events of `type` are read.
  ///
  /// @param objects all object types of the stream
  /// @throws micromegas.transit.CorruptBlockException when events of the type cannot be read
  F resolve(RecordLayout type, TypeTable objects);
}
