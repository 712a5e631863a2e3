package micromegas.transit;

import java.io.Serial;

/// The bytes of a block, or the type descriptions needed to read them, do not follow the format or
/// exceed a limit. The only exception that reading foreign bytes throws. Servers turn it into their
/// own error for stored data and add the ids.
public final class CorruptBlockException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  public CorruptBlockException(String message) {
    super(message);
  }
}
