package micromegas.common;

import java.io.Serial;

/// The request contradicts something that is already there.
public final class ConflictException extends MicromegasException {
  @Serial private static final long serialVersionUID = 1L;

  public ConflictException(String message) {
    super(message, null);
  }

  public ConflictException(String message, Throwable cause) {
    super(message, cause);
  }
}
