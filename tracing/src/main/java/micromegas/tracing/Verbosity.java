package micromegas.tracing;

/// How much detail a span or metric is. Information for readers; nothing is filtered by it.
public enum Verbosity {
  /// Rare.
  MIN(1),
  /// A few per request or frame.
  MED(2),
  /// Many per request or frame; the default.
  MAX(3);

  private final int wireValue;

  Verbosity(int wireValue) {
    this.wireValue = wireValue;
  }

  /// What the wire holds.
  public int wireValue() {
    return wireValue;
  }
}
