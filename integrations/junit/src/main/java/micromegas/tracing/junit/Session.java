package micromegas.tracing.junit;

import java.time.Duration;
import micromegas.tracing.Level;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Telemetry;
import micromegas.tracing.Ticks;
import micromegas.tracing.testing.MemorySink;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;

/// The telemetry of the tests of a class, one after the other: that which runs, or one of its own.
/// Thread-safe.
@SuppressWarnings("deprecation") // JUnit before 5.13 closes nothing else
final class Session implements CloseableResource, AutoCloseable {
  /// The configuration parameter.
  static final String LINES = "micromegas.junit.lines";

  static final int DEFAULT_LINES = 100;

  private final int lines;
  private MemorySink sink = new MemorySink();
  private @Nullable Telemetry own;
  private @Nullable Telemetry listenedTo;
  private Telemetry.@Nullable Attachment attachment;
  private long beginTicks;

  Session(int lines) {
    this.lines = lines;
  }

  /// The value of the configuration parameter.
  static int lines(String text) {
    try {
      int number = Integer.parseInt(text.strip());
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(LINES + " is no whole number: " + text, e);
    }
    throw new IllegalArgumentException(LINES + " must be at least 1: " + text);
  }

  /// A test begins.
  synchronized void begin() {
    listen();
    recorded().clear();
    beginTicks = Ticks.now();
  }

  /// What was recorded until now.
  synchronized MemorySink recorded() {
    Telemetry.running().ifPresent(telemetry -> telemetry.flush(Duration.ZERO));
    return sink;
  }

  synchronized String report() {
    return new TelemetryText(recorded(), beginTicks, lines).toString();
  }

  /// Makes sure that what runs now is listened to.
  private void listen() {
    Telemetry running = Telemetry.running().orElse(null);
    if (running != null && running == listenedTo) {
      return;
    }
    stop();
    sink = new MemorySink();
    if (running == null) {
      running =
          Telemetry.builder()
              .sink(sink)
              .recordLevels(LevelFilter.of(Level.TRACE))
              .consoleLevels(LevelFilter.OFF)
              .spans(true)
              .jvmPeriod(Duration.ZERO)
              .shutdownHook(false)
              .givesWay(true)
              .start();
      own = running;
    } else {
      attachment = running.attach(sink);
    }
    listenedTo = running;
  }

  private void stop() {
    Telemetry.Attachment attached = attachment;
    if (attached != null) {
      attached.close();
      attachment = null;
    }
    Telemetry mine = own;
    if (mine != null) {
      mine.close();
      own = null;
    }
    listenedTo = null;
  }

  /// The tests of the class are over.
  @Override
  public synchronized void close() {
    stop();
  }
}
