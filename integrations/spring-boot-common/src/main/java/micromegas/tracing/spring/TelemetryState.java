package micromegas.tracing.spring;

import java.util.LinkedHashMap;
import java.util.Map;
import micromegas.tracing.Telemetry;

/// What the health of telemetry is made of. A server that is away, or losses, make no application
/// unhealthy.
public final class TelemetryState {
  private TelemetryState() {}

  /// Whether that telemetry still runs.
  public static boolean isRunning(Telemetry telemetry) {
    return Telemetry.running().filter(running -> running == telemetry).isPresent();
  }

  /// The id of the process, and what was lost since the start.
  public static Map<String, Object> details(Telemetry telemetry) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("processId", telemetry.process().processId().toString());
    Map<String, Long> losses = telemetry.losses();
    if (!losses.isEmpty()) {
      details.put("losses", losses);
    }
    return details;
  }
}
