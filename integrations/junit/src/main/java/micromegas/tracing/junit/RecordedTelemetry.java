package micromegas.tracing.junit;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testing.RecordedMetric;
import micromegas.tracing.testing.RecordedSpanEvent;

/// What was recorded since the test began, up to the call. Thread-safe.
public final class RecordedTelemetry {
  private final Session session;

  RecordedTelemetry(Session session) {
    this.session = session;
  }

  public List<RecordedLog> logs() {
    return session.recorded().logs();
  }

  public List<RecordedMetric> metrics() {
    return session.recorded().metrics();
  }

  /// Begins and ends of spans by stream, that is by thread; async spans and those of virtual
  /// threads are in streams that threads share.
  public Map<UUID, List<RecordedSpanEvent>> spans() {
    return session.recorded().spans();
  }

  /// What would be shown if the test failed now.
  public String report() {
    return session.report();
  }
}
