package micromegas.tracing;

import org.jspecify.annotations.Nullable;

/// Severity of a log event. Smaller is more severe.
public enum Level {
  FATAL(1),
  ERROR(2),
  WARN(3),
  INFO(4),
  DEBUG(5),
  TRACE(6);

  private final int wireValue;

  Level(int wireValue) {
    this.wireValue = wireValue;
  }

  /// The level, or [#INFO] for null, since recording never throws.
  public static Level known(@Nullable Level level) {
    return level == null ? INFO : level;
  }

  /// What the wire and the column `level` hold.
  public int wireValue() {
    return wireValue;
  }
}
