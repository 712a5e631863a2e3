package micromegas.tracing.junit;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testing.RecordedMetric;
import micromegas.tracing.testing.RecordedSpanEvent;

/// What was read back.
///
/// @param spans by stream
/// @param threads names by stream, empty for those that threads share
record Recorded(
    List<RecordedLog> logs,
    List<RecordedMetric> metrics,
    Map<UUID, List<RecordedSpanEvent>> spans,
    Map<UUID, String> threads) {
  boolean isEmpty() {
    return logs.isEmpty() && metrics.isEmpty() && spans.isEmpty();
  }
}
