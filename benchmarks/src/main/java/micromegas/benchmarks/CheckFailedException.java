package micromegas.benchmarks;

/// A benchmark measured something that gave a wrong result, so its numbers mean nothing.
public final class CheckFailedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public CheckFailedException(String message) {
    super(message);
  }

  /// Compares what both sides of a measurement, or the workload and its result, must share.
  static void requireEqual(String what, Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw new CheckFailedException(
          "check failed: " + what + " is " + actual + ", must be " + expected);
    }
  }
}
