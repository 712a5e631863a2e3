package micromegas.lake.envelope;

import java.io.Serial;

/// Bytes that are not the CBOR that was expected. Stays inside this package: each public entry
/// turns it into the error that fits where the bytes came from.
final class MalformedCborException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  MalformedCborException(String message) {
    super(message);
  }
}
