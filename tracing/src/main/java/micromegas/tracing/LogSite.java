package micromegas.tracing;

/// A log event with a constant text, the cheapest there is: the text is sent once per block.
/// Thread-safe; never throws.
public final class LogSite {
  private final LogStatement statement;

  LogSite(LogStatement statement) {
    this.statement = statement;
  }

  public boolean isOn() {
    return statement.isOn();
  }

  public void log() {
    int bits = statement.bits();
    if (bits != 0) {
      statement.log(bits, null, null, null);
    }
  }

  public void log(PropertySet properties) {
    int bits = statement.bits();
    if (bits != 0) {
      statement.log(bits, null, properties, null);
    }
  }

  /// With the stack trace of a failure.
  public void log(Throwable failure) {
    int bits = statement.bits();
    if (bits != 0) {
      statement.log(bits, null, null, failure);
    }
  }

  LogStatement statement() {
    return statement;
  }
}
