package micromegas.common;

import java.io.Serial;

/// The named thing does not exist (a process, a stream, an object, a view set).
public final class NotFoundException extends MicromegasException {
  @Serial private static final long serialVersionUID = 1L;

  public NotFoundException(String message) {
    super(message, null);
  }

  public NotFoundException(String message, Throwable cause) {
    super(message, cause);
  }
}
