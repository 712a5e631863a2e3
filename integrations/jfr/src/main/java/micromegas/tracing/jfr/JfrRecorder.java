package micromegas.tracing.jfr;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import micromegas.tracing.Log;
import micromegas.tracing.Telemetry;
import org.jspecify.annotations.Nullable;

/// Records events of the JVM's flight recorder beside the application's spans: pauses, waits,
/// samples, on the same clock and in streams of the same process.
///
/// ```java
/// try (Telemetry telemetry = Telemetry.startFromEnvironment();
///     JfrRecorder recorder = JfrRecorder.start(JfrSettings.DEFAULTS)) {
///   ...
/// }
/// ```
///
/// The flight recorder delivers once a second, so events come that much later; their times are
/// those at which they happened. Closing this, closing telemetry and the exit of the JVM wait for
/// the last ones. When telemetry is replaced by another, it records there. Thread-safe.
public final class JfrRecorder implements AutoCloseable {
  private static final Log LOG = Log.of("micromegas.tracing.jfr");

  private final @Nullable FlightSession session;

  private JfrRecorder(@Nullable FlightSession session) {
    this.session = session;
  }

  /// Starts to record. Where the JVM has no flight recorder, or it cannot be started, a warning
  /// says so and nothing is recorded.
  ///
  /// @throws IllegalStateException when no telemetry runs
  public static JfrRecorder start(JfrSettings settings) {
    return start(settings, DiskGuard::freeBytes, FlightSession.PATIENCE);
  }

  /// @param freeBytes of the disk with the recorder's files
  /// @param patience with the last events when it is closed
  static JfrRecorder start(JfrSettings settings, LongSupplier freeBytes, Duration patience) {
    if (Telemetry.running().isEmpty()) {
      throw new IllegalStateException("no telemetry runs; start it first");
    }
    try {
      String missing = missing().orElse(null);
      if (missing == null) {
        return new JfrRecorder(FlightSession.start(settings, freeBytes, patience));
      }
      LOG.warn("no events of the flight recorder: {}", missing);
    } catch (RuntimeException | LinkageError e) {
      LOG.warn("no events of the flight recorder", e);
    }
    return new JfrRecorder(null);
  }

  /// What is missing for recording. Classes of the flight recorder are not touched where they may
  /// not be there.
  private static Optional<String> missing() {
    if (ModuleLayer.boot().findModule("jdk.jfr").isEmpty()) {
      return Optional.of("this JVM is without the module jdk.jfr");
    }
    return FlightSession.isAvailable()
        ? Optional.empty()
        : Optional.of("this JVM has no flight recorder");
  }

  /// Whether events are recorded now: not where the JVM has no flight recorder, while the disk is
  /// full, and after the end.
  public boolean isRecording() {
    return session != null && session.isRecording();
  }

  /// Waits until everything that happened before has been recorded; about a second.
  ///
  /// @return whether it was in time; true when nothing is recorded
  public boolean flush(@Nullable Duration timeout) throws InterruptedException {
    return session == null || session.flush(timeout == null ? Duration.ZERO : timeout);
  }

  /// Records what happened before, for which it waits three seconds at most, and ends.
  @Override
  public void close() {
    if (session != null) {
      session.close();
    }
  }
}
