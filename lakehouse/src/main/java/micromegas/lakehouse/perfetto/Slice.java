package micromegas.lakehouse.perfetto;

/// A span on its way to a track.
///
/// @param id, parent what other slices call it and the one around it
/// @param endNanos not before `beginNanos`
/// @param category what it belongs to, such as a module
/// @param file, line where its code is
record Slice(
    long id,
    long parent,
    int depth,
    long beginNanos,
    long endNanos,
    String name,
    String category,
    String file,
    long line) {

  Slice {
    endNanos = Math.max(beginNanos, endNanos);
  }
}
