package micromegas.ingestion.otlp;

import java.time.Duration;
import micromegas.common.BadRequestException;
import micromegas.common.ConflictException;
import micromegas.common.CorruptDataException;
import micromegas.common.ResourceExhaustedException;
import micromegas.common.UnavailableException;
import micromegas.otlp.Signal;

/// What a sender is told about an error; one table for all doors.
///
/// @param kind what to do about it
/// @param message for the sender: says what is wrong with the request, never what is wrong inside
///   of the server
public record Failure(Kind kind, String message) {
  /// When a sender may try again.
  public static final Duration RETRY_AFTER = Duration.ofSeconds(30);

  public static final String WRITE_DENIED =
      "write denied: process already registered under a different audience";

  /// The kinds of failure, with their status in HTTP and gRPC.
  public enum Kind {
    MALFORMED(400, RpcStatus.INVALID_ARGUMENT),
    DENIED(403, RpcStatus.PERMISSION_DENIED),
    TOO_LARGE(413, RpcStatus.RESOURCE_EXHAUSTED),
    UNSUPPORTED(415, RpcStatus.INVALID_ARGUMENT),
    /// Worth another try later.
    UNAVAILABLE(503, RpcStatus.UNAVAILABLE),
    /// A defect of the server.
    INTERNAL(500, RpcStatus.INTERNAL);

    private final int httpStatus;
    private final int rpcCode;

    Kind(int httpStatus, int rpcCode) {
      this.httpStatus = httpStatus;
      this.rpcCode = rpcCode;
    }

    public int httpStatus() {
      return httpStatus;
    }

    public int rpcCode() {
      return rpcCode;
    }
  }

  /// The failure behind an error of [OtlpIngestion].
  public static Failure of(RuntimeException error, Signal signal) {
    String label = signal.label();
    return switch (error) {
      case CorruptDataException e -> malformed(label, e);
      case BadRequestException e -> malformed(label, e);
      case ConflictException e -> new Failure(Kind.DENIED, WRITE_DENIED);
      case ResourceExhaustedException e ->
          new Failure(Kind.TOO_LARGE, String.valueOf(e.getMessage()));
      case UnavailableException e -> new Failure(Kind.UNAVAILABLE, "storage error (" + label + ")");
      default -> new Failure(Kind.INTERNAL, "internal error (" + label + ")");
    };
  }

  /// A request that found no room in memory.
  public static Failure busy() {
    return new Failure(Kind.UNAVAILABLE, "the server is busy");
  }

  /// A request over one of the two limits.
  public static Failure tooLarge(String what, long limit) {
    return new Failure(Kind.TOO_LARGE, what + " is over the limit of " + limit + " bytes");
  }

  private static Failure malformed(String label, RuntimeException error) {
    return new Failure(Kind.MALFORMED, "parse error (" + label + "): " + error.getMessage());
  }

  public RpcStatus status() {
    return new RpcStatus(kind.rpcCode(), message);
  }

  /// Whether it is for what the request is, so that nobody but its sender can mend it.
  public boolean isRejection() {
    return switch (kind) {
      case MALFORMED, TOO_LARGE, UNSUPPORTED -> true;
      case DENIED, UNAVAILABLE, INTERNAL -> false;
    };
  }

  /// Whether the sender may try again.
  public boolean isRetryable() {
    return kind == Kind.UNAVAILABLE;
  }
}
