package micromegas.server.flight;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.UUID;
import micromegas.common.BadRequestException;
import micromegas.common.ConflictException;
import micromegas.common.CorruptDataException;
import micromegas.common.MicromegasException;
import micromegas.common.NotFoundException;
import micromegas.common.ResourceExhaustedException;
import micromegas.common.UnavailableException;

/// The one place where errors become gRPC statuses.
final class FlightErrors {
  /// Clients refuse headers over 8 KiB, and non-ASCII text triples on the wire.
  private static final int MAX_MESSAGE = 2_000;

  private FlightErrors() {}

  static StatusRuntimeException toStatus(Throwable error) {
    return toStatus(error, "internal error");
  }

  /// An error of a query whose message may lack the query id.
  static StatusRuntimeException ofQuery(Throwable error, String stage, UUID queryId) {
    StatusRuntimeException status = toStatus(error, stage);
    String text = status.getStatus().getDescription();
    String message = text == null ? "" : text;
    return message.contains(queryId.toString())
        ? status
        : status
            .getStatus()
            .withDescription(message + " (query_id=" + queryId + ")")
            .asRuntimeException();
  }

  private static StatusRuntimeException toStatus(Throwable error, String stage) {
    Status status =
        switch (error) {
          case MicromegasException e -> code(e).withDescription(shorten(e.getMessage()));
          case InvalidProtocolBufferException e ->
              Status.INVALID_ARGUMENT.withDescription(
                  "cannot read the message: " + shorten(e.getMessage()));
          case StatusRuntimeException e -> e.getStatus();
          default ->
              Status.INTERNAL.withDescription(
                  stage
                      + ": "
                      + error.getClass().getSimpleName()
                      + ": "
                      + shorten(error.getMessage()));
        };
    return status.withCause(error).asRuntimeException();
  }

  private static Status code(MicromegasException error) {
    return switch (error) {
      case BadRequestException _ -> Status.INVALID_ARGUMENT;
      case NotFoundException _ -> Status.NOT_FOUND;
      case ResourceExhaustedException _ -> Status.RESOURCE_EXHAUSTED;
      case UnavailableException _ -> Status.UNAVAILABLE;
      case CorruptDataException _, ConflictException _ -> Status.INTERNAL;
    };
  }

  private static String shorten(@org.jspecify.annotations.Nullable String message) {
    if (message == null) {
      return "no message";
    }
    if (message.length() <= MAX_MESSAGE) {
      return message;
    }
    // Both ends matter: the stage is in front, the query id at the end.
    return message.substring(0, MAX_MESSAGE - 300)
        + " … "
        + message.substring(message.length() - 297);
  }
}
