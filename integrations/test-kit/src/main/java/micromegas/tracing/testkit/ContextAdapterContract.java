package micromegas.tracing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.Map;
import micromegas.tracing.Level;
import micromegas.tracing.Telemetry;
import micromegas.tracing.testing.RecordedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What adapters of libraries that have a diagnostic context and markers must do besides. The key
/// `tenant` is configured to become a property.
public abstract class ContextAdapterContract extends LoggingAdapterContract {

  /// Puts a value into the context of this thread.
  protected abstract void put(String key, String value);

  /// Empties the context of this thread.
  protected abstract void clearContext();

  @AfterEach
  void clear() {
    clearContext();
  }

  /// A line at *info* with a marker.
  protected abstract void logMarked(String logger, String marker, String text);

  @Test
  void markersAndListedKeysBecomeProperties() throws InterruptedException {
    put("tenant", "blue");
    put("request", "not listed");
    log(Level.INFO, LOGGER, "early");
    try (Telemetry telemetry = telemetry().start()) {
      log(Level.INFO, LOGGER, "plain");
      logMarked(LOGGER, "AUDIT", "marked");
      clearContext(); // some contexts are inherited
      Thread other = new Thread(() -> logMarked(LOGGER, "AUDIT", "elsewhere"));
      other.start();
      other.join();
    }
    assertThat(sink.logs())
        .extracting(RecordedLog::text, RecordedLog::properties)
        .containsExactly(
            tuple("early", Map.of("tenant", "blue")),
            tuple("plain", Map.of("tenant", "blue")),
            tuple("marked", Map.of("tenant", "blue", "marker", "AUDIT")),
            tuple("elsewhere", Map.of("marker", "AUDIT")));
  }
}
