/// Property documents in their binary form.
///
/// Comes in: keys and values, one after the other. Goes out: the bytes of a JSONB document, or its
/// JSON text. Must never make an object per key or value.
///
/// Facts: the binary layout of the `jsonb` library that the reference implementation stores
/// documents with.
@NullMarked
package micromegas.lakehouse.jsonb;

import org.jspecify.annotations.NullMarked;
