package micromegas.server.flight;

import java.time.Duration;
import micromegas.common.BadRequestException;
import micromegas.query.QueryLimits;

/// @param host address to listen on
/// @param port 0 for any free port
/// @param limits what one query may use
/// @param maxInboundBytes longest message that a client may send
/// @param targetBatchBytes body of one message of a result; longer batches are split, except for
///   single rows
/// @param sendAheadBytes bytes of one result that may wait in the transport while the client does
///   not read; the next message is made when fewer do
/// @param maxWaitingQueries queries that a GetFlightInfo has started and no DoGet has fetched yet,
///   for all clients together; above it the oldest is given up
/// @param maxWaitingTime how long such a query waits for its DoGet; one that comes later starts
///   anew
public record FlightSettings(
    String host,
    int port,
    QueryLimits limits,
    int maxInboundBytes,
    long targetBatchBytes,
    int sendAheadBytes,
    int maxWaitingQueries,
    Duration maxWaitingTime) {
  /// Of the reference server.
  public static final int DEFAULT_MAX_INBOUND_BYTES = 100 * 1024 * 1024;

  /// Of the reference server; below the 4 MiB that some clients accept.
  public static final long DEFAULT_TARGET_BATCH_BYTES = 2L * 1024 * 1024;

  /// Two full messages: one on the wire while the engine makes the next.
  public static final int DEFAULT_SEND_AHEAD_BYTES = 4 * 1024 * 1024;

  public static final int DEFAULT_MAX_WAITING_QUERIES = 64;

  public static final Duration DEFAULT_MAX_WAITING_TIME = Duration.ofSeconds(10);

  public FlightSettings {
    if (maxWaitingQueries < 1 || sendAheadBytes < 1 || targetBatchBytes < 1) {
      throw new BadRequestException(
          "FlightSQL needs a waiting query, a byte to send ahead and a byte per batch at least");
    }
  }

  /// Defaults for everything but the address and what queries may use.
  public static FlightSettings defaults(String host, int port, QueryLimits limits) {
    return new FlightSettings(
        host,
        port,
        limits,
        DEFAULT_MAX_INBOUND_BYTES,
        DEFAULT_TARGET_BATCH_BYTES,
        DEFAULT_SEND_AHEAD_BYTES,
        DEFAULT_MAX_WAITING_QUERIES,
        DEFAULT_MAX_WAITING_TIME);
  }
}
