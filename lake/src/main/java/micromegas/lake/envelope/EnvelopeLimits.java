package micromegas.lake.envelope;

/// What one request may hold. The size of the whole body is limited by the HTTP front door; these
/// limits keep a small body from becoming a large heap. The reference implementation has the depth
/// limit only.
///
/// @param maxDepth nesting of arrays and maps, also inside unknown fields that are skipped
/// @param maxTextBytes UTF-8 bytes of one text
/// @param maxProperties entries of one property map, and tags of one stream
/// @param maxTypes type descriptions in one metadata array
/// @param maxMembers members of all type descriptions of one metadata array
public record EnvelopeLimits(
    int maxDepth, int maxTextBytes, int maxProperties, int maxTypes, int maxMembers) {

  /// Depth 256 as the reference; the rest far above what any known client sends.
  public static final EnvelopeLimits DEFAULTS =
      new EnvelopeLimits(256, 4 * 1024 * 1024, 10_000, 1_024, 65_536);
}
