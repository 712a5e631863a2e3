package micromegas.lakehouse.view;

import java.util.Optional;

/// One view instance: what its rows look like and where they come from. Immutable.
///
/// How it is brought up to date and scanned follows from its [ViewSource]; see
/// `micromegas.lakehouse.fresh` and `micromegas.lakehouse.materialize`.
///
/// @param batch how the maintenance daemon keeps it current; empty for just-in-time instances
public record View(ViewId id, ViewSchema schema, ViewSource source, Optional<BatchPolicy> batch) {}
