package micromegas.lakehouse.fresh;

import micromegas.lakehouse.materialize.InsertSlice;

/// An interval with source objects that no current partition covers.
///
/// @param objects source objects in the interval, at least 1
record Gap(InsertSlice slice, long objects) {}
