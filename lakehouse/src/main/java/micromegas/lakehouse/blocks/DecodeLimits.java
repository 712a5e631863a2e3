package micromegas.lakehouse.blocks;

import micromegas.transit.Lz4FrameReader;

/// What decoding one block may take. A block beyond a limit counts as corrupt. The reference
/// implementation has no such limits.
///
/// @param maxDecompressedBytes each of the two buffers of a block, decompressed; clients cut blocks
///   at 10 MiB of events
/// @param maxTextBytes messages and property documents of one block; a block of a few kilobytes can
///   refer to one large text a million times
/// @param maxRecords OpenTelemetry records of one block; an empty record takes two bytes
public record DecodeLimits(int maxDecompressedBytes, long maxTextBytes, int maxRecords) {
  public static final DecodeLimits DEFAULTS =
      new DecodeLimits(Lz4FrameReader.DEFAULT_MAX_BYTES, 256L * 1024 * 1024, 4_000_000);
}
