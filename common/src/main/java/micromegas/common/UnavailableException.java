package micromegas.common;

import java.io.Serial;

/// A service that is needed (PostgreSQL, object store) does not answer; trying again may help.
public final class UnavailableException extends MicromegasException {
  @Serial private static final long serialVersionUID = 1L;

  public UnavailableException(String message) {
    super(message, null);
  }

  public UnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
