package micromegas.tracing.record;

/// What recording may take. Immutable.
///
/// @param chunkBytes memory of events that are not encoded yet, of all threads together
/// @param maxDepth open spans of a thread; deeper ones are counted and not recorded
/// @param maxTextBytes of one log text in UTF-8; longer ones are cut
/// @param maxImageBytes of one image; larger ones are counted and not recorded
/// @param workBytes details of one unit of work that may wait for its verdict
public record Limits(
    long chunkBytes, int maxDepth, int maxTextBytes, int maxImageBytes, int workBytes) {

  /// Of one log text, by default.
  public static final int TEXT_BYTES = 64 * 1024;

  private static final long MIB = 1024 * 1024;

  /// For a heap of that size.
  public static Limits defaults(long maxHeapBytes) {
    return new Limits(
        Math.max(MIB, Math.min(32 * MIB, maxHeapBytes / 32)), 1_024, TEXT_BYTES, 4 << 20, 1 << 20);
  }
}
