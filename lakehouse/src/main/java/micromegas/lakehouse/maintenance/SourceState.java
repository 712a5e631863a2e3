package micromegas.lakehouse.maintenance;

/// What there is to materialise in a slice now.
///
/// @param total source objects
/// @param undecodable objects of blocks that could not be decoded; part of `total`
/// @param retry whether blocks that an older decoder could not read may be readable now
public record SourceState(long total, long undecodable, boolean retry) {

  public static SourceState of(long total) {
    return new SourceState(total, 0, false);
  }

  /// Whether a partition, or several together, with this count hold everything that can be read.
  /// The reference counts blocks that it could not decode, we do not: both are current.
  public boolean matches(long sourceCount) {
    return sourceCount == total || sourceCount == total - undecodable;
  }
}
