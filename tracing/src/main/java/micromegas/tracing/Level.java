package micromegas.tracing;

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

  /// What the wire and the column `level` hold.
  public int wireValue() {
    return wireValue;
  }
}
