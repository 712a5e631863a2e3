package micromegas.tracing.uplink;

import java.time.Duration;
import micromegas.tracing.spi.BlockSampler;

/// When blocks are cut, and how large they are. Immutable.
///
/// @param period between two cuts
/// @param severeDelay from a severe event to the cut that sends it
/// @param workPatience how long details wait for a verdict, after which they are kept
/// @param maxBlockBytes uncompressed events of a block; a large event may exceed it
/// @param highCompression a third smaller for 25 times the time
/// @param sampler decides which blocks of spans are sent
/// @param heldBytes compressed blocks that wait for the sampler's verdict
public record UplinkSettings(
    Duration period,
    Duration severeDelay,
    Duration workPatience,
    int maxBlockBytes,
    boolean highCompression,
    BlockSampler sampler,
    long heldBytes) {

  public static final UplinkSettings DEFAULTS =
      new UplinkSettings(
          Duration.ofSeconds(60),
          Duration.ofSeconds(1),
          Duration.ofSeconds(60),
          1 << 20,
          false,
          BlockSampler.all(),
          32 << 20);
}
