package micromegas.ingestion.grpc;

import java.time.Duration;
import micromegas.common.BadRequestException;

/// Settings of the door for OTLP over gRPC. The limits on the size of a request are those of
/// [micromegas.ingestion.otlp.OtlpSettings].
///
/// @param host name or address to listen on; the loopback address unless told otherwise
/// @param port TCP port; 0 takes a free one
/// @param messageTimeout how long a client may take to send a message
/// @param maxCallsPerConnection calls that one connection may have under way; further ones wait
/// @param drainTimeout how long calls that are under way may take after the stop
public record OtlpGrpcSettings(
    String host,
    int port,
    Duration messageTimeout,
    int maxCallsPerConnection,
    Duration drainTimeout) {

  public static final String DEFAULT_HOST = "127.0.0.1";
  public static final int DEFAULT_PORT = 4317;

  public static final OtlpGrpcSettings DEFAULTS =
      new OtlpGrpcSettings(
          DEFAULT_HOST, DEFAULT_PORT, Duration.ofSeconds(60), 128, Duration.ofSeconds(10));

  public OtlpGrpcSettings {
    require(!host.isBlank(), "OTLP/gRPC host must not be blank");
    require(port >= 0 && port <= 65535, "OTLP/gRPC port must be 0 to 65535, got " + port);
    require(messageTimeout.isPositive(), "messageTimeout must be positive, got " + messageTimeout);
    require(
        maxCallsPerConnection > 0,
        "maxCallsPerConnection must be positive, got " + maxCallsPerConnection);
    require(drainTimeout.isPositive(), "drainTimeout must be positive, got " + drainTimeout);
  }

  /// The same settings at another address, with another time to drain.
  public OtlpGrpcSettings at(String newHost, int newPort, Duration newDrainTimeout) {
    return new OtlpGrpcSettings(
        newHost, newPort, messageTimeout, maxCallsPerConnection, newDrainTimeout);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new BadRequestException(message);
    }
  }
}
