package micromegas.common;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// The family of errors that every protocol adapter maps once to its status codes. Messages carry
/// the ids that a user can search for.
public abstract sealed class MicromegasException extends RuntimeException
    permits BadRequestException,
        NotFoundException,
        CorruptDataException,
        ConflictException,
        ResourceExhaustedException,
        UnavailableException {
  @Serial private static final long serialVersionUID = 1L;

  protected MicromegasException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
