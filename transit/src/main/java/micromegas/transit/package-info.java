/// The wire: what instrumented processes send and how it is laid out in bytes.
///
/// Comes in: events (writing side) or the bytes of a block (reading side). Goes out: bytes, or
/// values read in place by a cursor. Runs inside users' applications, so it is Java 17 bytecode and
/// depends on LZ4 alone. Must never trust a length, an index or an offset that it reads.
///
/// Facts: the native wire protocol of Micromegas.
@NullMarked
package micromegas.transit;

import org.jspecify.annotations.NullMarked;
