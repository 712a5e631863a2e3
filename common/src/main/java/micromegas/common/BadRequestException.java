package micromegas.common;

import java.io.Serial;

/// The caller asked for something that can never work as asked: bad syntax, unknown name, bad
/// value.
public final class BadRequestException extends MicromegasException {
  @Serial private static final long serialVersionUID = 1L;

  public BadRequestException(String message) {
    super(message, null);
  }

  public BadRequestException(String message, Throwable cause) {
    super(message, cause);
  }
}
