package micromegas.tracing.junit;

/// Carries the telemetry of a test along with its failure. Was not thrown by anything, so it has no
/// stack trace.
public final class TestTelemetry extends Exception {
  private static final long serialVersionUID = 1L;

  TestTelemetry(String report) {
    super(report, null, false, false);
  }

  @Override
  public String toString() {
    return "telemetry of this test:\n" + getMessage();
  }
}
