package micromegas.server.flight;

import micromegas.query.QueryLimits;

/// @param host address to listen on
/// @param port 0 for any free port
/// @param limits what one query may use
/// @param maxInboundBytes longest message that a client may send
/// @param targetBatchBytes body of one message of a result; longer batches are split, except for
///   single rows
public record FlightSettings(
    String host, int port, QueryLimits limits, int maxInboundBytes, long targetBatchBytes) {
  /// Of the reference server.
  public static final int DEFAULT_MAX_INBOUND_BYTES = 100 * 1024 * 1024;

  /// Of the reference server; below the 4 MiB that some clients accept.
  public static final long DEFAULT_TARGET_BATCH_BYTES = 2L * 1024 * 1024;
}
