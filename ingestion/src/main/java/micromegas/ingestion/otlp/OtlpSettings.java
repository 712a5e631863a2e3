package micromegas.ingestion.otlp;

import java.time.Duration;
import micromegas.common.BadRequestException;

/// Limits of OTLP and of what is translated to it (webhook, Firehose).
///
/// @param maxWireBytes largest request as received, before decompression
/// @param maxDecodedBytes largest request after decompression, and as protobuf
/// @param maxParallelBlocks blocks of one request that are stored at the same time
/// @param registrationMemory how long a process and its stream count as registered without asking
///   PostgreSQL again; also how long a change of their write audience may stay unseen
/// @param maxResourceBytes longest resource. Its attributes become a row of PostgreSQL, lists and
///   maps among them as text that is many times as long
/// @param maxResourceAttributes most attributes of a resource
/// @param maxRememberedBytes resources that are remembered as registered, in bytes
public record OtlpSettings(
    int maxWireBytes,
    int maxDecodedBytes,
    int maxParallelBlocks,
    int maxResourceBytes,
    int maxResourceAttributes,
    Duration registrationMemory,
    long maxRememberedBytes) {

  public static final OtlpSettings DEFAULTS =
      new OtlpSettings(
          20 * 1024 * 1024,
          300 * 1024 * 1024,
          8,
          1024 * 1024,
          10_000,
          Duration.ofSeconds(60),
          16L * 1024 * 1024);

  public OtlpSettings {
    require(maxWireBytes, "maxWireBytes");
    require(maxDecodedBytes, "maxDecodedBytes");
    require(maxParallelBlocks, "maxParallelBlocks");
    require(maxResourceBytes, "maxResourceBytes");
    require(maxResourceAttributes, "maxResourceAttributes");
    require(registrationMemory.toNanos(), "registrationMemory");
    require(maxRememberedBytes, "maxRememberedBytes");
  }

  /// The same settings with other limits on the size of a request.
  public OtlpSettings withLimits(int wireBytes, int decodedBytes) {
    return new OtlpSettings(
        wireBytes,
        decodedBytes,
        maxParallelBlocks,
        maxResourceBytes,
        maxResourceAttributes,
        registrationMemory,
        maxRememberedBytes);
  }

  private static void require(long value, String name) {
    if (value <= 0) {
      throw new BadRequestException(name + " must be positive, got " + value);
    }
  }
}
