package micromegas.lakehouse.materialize;

import micromegas.common.BadRequestException;
import micromegas.lakehouse.blocks.DecodeLimits;
import micromegas.lakehouse.parquet.ParquetOptions;

/// Limits of [BlockPipeline].
///
/// @param workers threads that decode and encode, for all writes together
/// @param maxInFlightBytes payloads, columns and encoded row groups between the object store and
///   the file, estimated from the blocks' declared sizes and corrected by those of the decoded
///   columns, for all writes together. A block larger than that is still decoded, so every worker
///   may exceed it by what one block may take.
/// @param maxReads payloads that are fetched at the same time
/// @param decode limits of one block
/// @param parquet how files are written
public record PipelineSettings(
    int workers, long maxInFlightBytes, int maxReads, DecodeLimits decode, ParquetOptions parquet) {

  /// Three of the largest log blocks that clients send.
  public static final long DEFAULT_MAX_IN_FLIGHT_BYTES = 128L << 20;

  public static final int DEFAULT_MAX_READS = 32;

  public PipelineSettings {
    if (workers < 1 || maxReads < 1 || maxInFlightBytes < 1 << 20) {
      throw new BadRequestException(
          "the block pipeline needs a worker, a read and 1MiB in flight at least");
    }
  }

  /// A worker per core.
  public static PipelineSettings defaults() {
    return new PipelineSettings(
        Runtime.getRuntime().availableProcessors(),
        DEFAULT_MAX_IN_FLIGHT_BYTES,
        DEFAULT_MAX_READS,
        DecodeLimits.DEFAULTS,
        ParquetOptions.DEFAULT);
  }
}
