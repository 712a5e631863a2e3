package micromegas.ingestion.http;

import java.time.Duration;
import micromegas.common.BadRequestException;
import micromegas.ingestion.admission.MemoryAdmission;

/// Settings of the ingestion server.
///
/// @param host name or address to listen on; the loopback address unless told otherwise
/// @param port TCP port; 0 takes a free one
/// @param maxBodyBytes largest request body; larger ones get 413
/// @param maxBodyBytesInFlight bodies that may be in memory at once, in bytes. A request needs up
///   to three times its body, so a quarter is safe of what the rest of the server leaves of the
///   heap
/// @param admissionTimeout how long a request waits for its share of `maxBodyBytesInFlight` before
///   it gets 503
/// @param bodyTimeout how long a client may take to send a body before its connection is closed
/// @param idleTimeout how long a connection may be silent before it is closed; longer than the 60 s
///   after which clients flush
/// @param maxConnections open connections; more wait in the backlog of the operating system
/// @param drainTimeout how long requests that are under way may take after the stop
public record IngestionSettings(
    String host,
    int port,
    int maxBodyBytes,
    long maxBodyBytesInFlight,
    Duration admissionTimeout,
    Duration bodyTimeout,
    Duration idleTimeout,
    int maxConnections,
    Duration drainTimeout) {

  public static final String DEFAULT_HOST = "127.0.0.1";
  public static final int DEFAULT_PORT = 9000;
  public static final int DEFAULT_MAX_BODY_BYTES = 104_857_600;
  public static final Duration DEFAULT_ADMISSION_TIMEOUT = Duration.ofSeconds(5);
  public static final Duration DEFAULT_BODY_TIMEOUT = Duration.ofSeconds(60);
  public static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofMinutes(5);
  public static final int DEFAULT_MAX_CONNECTIONS = 4096;
  public static final Duration DEFAULT_DRAIN_TIMEOUT = Duration.ofSeconds(10);

  /// Heap that a server needs beside requests.
  private static final long REST_OF_SERVER_BYTES = 64L * 1024 * 1024;

  public IngestionSettings {
    require(!host.isBlank(), "ingestion host must not be blank");
    require(port >= 0 && port <= 65535, "ingestion port must be 0 to 65535, got " + port);
    require(maxBodyBytes > 0, "maxBodyBytes must be positive, got " + maxBodyBytes);
    require(
        maxBodyBytesInFlight > 0,
        "maxBodyBytesInFlight must be positive, got " + maxBodyBytesInFlight);
    require(maxConnections > 0, "maxConnections must be positive, got " + maxConnections);
    requirePositive(admissionTimeout, "admissionTimeout");
    requirePositive(bodyTimeout, "bodyTimeout");
    requirePositive(idleTimeout, "idleTimeout");
    requirePositive(drainTimeout, "drainTimeout");
  }

  /// The defaults for a heap of this size.
  public static IngestionSettings defaults(long heapBytes) {
    return new IngestionSettings(
        DEFAULT_HOST,
        DEFAULT_PORT,
        DEFAULT_MAX_BODY_BYTES,
        Math.max(heapBytes / 8, (heapBytes - REST_OF_SERVER_BYTES) / 4),
        DEFAULT_ADMISSION_TIMEOUT,
        DEFAULT_BODY_TIMEOUT,
        DEFAULT_IDLE_TIMEOUT,
        DEFAULT_MAX_CONNECTIONS,
        DEFAULT_DRAIN_TIMEOUT);
  }

  /// A limit on the size of a request, or what all requests together may take of the memory when
  /// that is less: one request must not take what a hundred may not.
  public int atMostInFlight(long bytes) {
    return (int) Math.min(Math.min(bytes, maxBodyBytesInFlight), Integer.MAX_VALUE - 16);
  }

  /// What the requests of all doors may take of the memory.
  public MemoryAdmission admission() {
    return new MemoryAdmission(maxBodyBytesInFlight, admissionTimeout);
  }

  /// The same settings at another address.
  public IngestionSettings withAddress(String newHost, int newPort) {
    return new IngestionSettings(
        newHost,
        newPort,
        maxBodyBytes,
        maxBodyBytesInFlight,
        admissionTimeout,
        bodyTimeout,
        idleTimeout,
        maxConnections,
        drainTimeout);
  }

  private static void requirePositive(Duration value, String name) {
    require(value.isPositive(), name + " must be positive, got " + value);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new BadRequestException(message);
    }
  }
}
