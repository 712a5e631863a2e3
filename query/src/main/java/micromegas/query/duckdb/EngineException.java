package micromegas.query.duckdb;

import java.io.Serial;

/// What the engine said, word for word. Mapped to the family of errors before it leaves the module.
final class EngineException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  EngineException(String message) {
    super(message);
  }

  /// Whether the whole instance can answer nothing any more.
  boolean isFatal() {
    String text = String.valueOf(getMessage());
    return text.startsWith("INTERNAL Error")
        || text.startsWith("FATAL Error")
        || text.contains("database has been invalidated");
  }
}
