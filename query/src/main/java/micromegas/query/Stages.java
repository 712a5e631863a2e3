package micromegas.query;

import java.util.UUID;
import micromegas.common.BadRequestException;
import micromegas.common.ConflictException;
import micromegas.common.CorruptDataException;
import micromegas.common.MicromegasException;
import micromegas.common.NotFoundException;
import micromegas.common.ResourceExhaustedException;
import micromegas.common.UnavailableException;

/// Labels errors with the stage of a query that failed and with the query's id, as clients of the
/// reference implementation expect them.
public final class Stages {
  public static final String PLANNING = "error building dataframe";
  public static final String SCANNING = "error creating physical plan";
  public static final String STARTING = "error executing plan";
  public static final String STREAMING = "error building data stream";

  private Stages() {}

  /// The same error with `stage` in front, unless a stage is there already.
  public static MicromegasException label(MicromegasException error, String stage) {
    String message = String.valueOf(error.getMessage());
    boolean labelled =
        message.startsWith(PLANNING + ":")
            || message.startsWith(SCANNING + ":")
            || message.startsWith(STARTING + ":")
            || message.startsWith(STREAMING + ":");
    return labelled ? error : withMessage(error, stage + ": " + message);
  }

  /// The same error with stage and query id.
  public static MicromegasException label(MicromegasException error, String stage, UUID queryId) {
    MicromegasException labelled = label(error, stage);
    return withMessage(labelled, labelled.getMessage() + " (query_id=" + queryId + ")");
  }

  private static MicromegasException withMessage(MicromegasException error, String message) {
    return switch (error) {
      case BadRequestException ignored -> new BadRequestException(message, error);
      case NotFoundException ignored -> new NotFoundException(message, error);
      case CorruptDataException ignored -> new CorruptDataException(message, error);
      case ConflictException ignored -> new ConflictException(message, error);
      case ResourceExhaustedException ignored -> new ResourceExhaustedException(message, error);
      case UnavailableException ignored -> new UnavailableException(message, error);
    };
  }
}
