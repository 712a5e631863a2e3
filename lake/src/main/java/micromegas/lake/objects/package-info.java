/// The object store: immutable objects under keys relative to the lake root.
///
/// Comes in: bytes under a new key. Goes out: bytes, or a local file for the query engine. An
/// object is visible whole or not at all, and never changes.
@NullMarked
package micromegas.lake.objects;

import org.jspecify.annotations.NullMarked;
