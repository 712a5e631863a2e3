package micromegas.tracing.junit;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testing.RecordedMetric;
import micromegas.tracing.testing.RecordedSpanEvent;

/// What was recorded since the test began, up to the call: by the test and its tasks, and by
/// threads that nobody has given a context. What belongs to another test is left out. Thread-safe;
/// to be asked while the test goes on.
public final class RecordedTelemetry {
  private final Session session;
  private final Supplier<TestRun> test;

  RecordedTelemetry(Session session, Supplier<TestRun> test) {
    this.session = session;
    this.test = test;
  }

  public List<RecordedLog> logs() {
    return session.recorded(test.get()).logs();
  }

  public List<RecordedMetric> metrics() {
    return session.recorded(test.get()).metrics();
  }

  /// Begins and ends of spans by stream, that is by thread; async spans and those of virtual
  /// threads are in streams that threads share.
  public Map<UUID, List<RecordedSpanEvent>> spans() {
    return session.recorded(test.get()).spans();
  }

  /// What would be shown if the test failed now.
  public String report() {
    return session.report(test.get());
  }
}
