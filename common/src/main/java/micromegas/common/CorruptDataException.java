package micromegas.common;

import java.io.Serial;

/// Stored or received bytes do not follow their format, or exceed a declared limit.
public final class CorruptDataException extends MicromegasException {
  @Serial private static final long serialVersionUID = 1L;

  public CorruptDataException(String message) {
    super(message, null);
  }

  public CorruptDataException(String message, Throwable cause) {
    super(message, cause);
  }
}
