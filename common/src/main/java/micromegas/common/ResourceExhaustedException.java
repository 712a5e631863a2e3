package micromegas.common;

import java.io.Serial;

/// A named limit (memory, temporary space, time, rows) was reached.
public final class ResourceExhaustedException extends MicromegasException {
  @Serial private static final long serialVersionUID = 1L;

  public ResourceExhaustedException(String message) {
    super(message, null);
  }

  public ResourceExhaustedException(String message, Throwable cause) {
    super(message, cause);
  }
}
