package micromegas.tracing.adapter;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import micromegas.tracing.Level;
import micromegas.tracing.Log;
import micromegas.tracing.PropertySet;
import micromegas.tracing.early.EarlyLines;
import micromegas.tracing.record.Recording;
import micromegas.tracing.record.SdkThread;
import org.jspecify.annotations.Nullable;

/// The way of lines that another logging library has let pass into the log stream of this process:
/// no level is asked for a second time, and nothing is printed, since the library does both. Make
/// one per appender.
///
/// Lines go to the telemetry that runs at that moment. While none does they are kept for the one
/// that starts next, up to the limits of the settings (`MICROMEGAS_TELEMETRY_EARLY_LINES` and
/// others); a bridge may be made long before telemetry starts, and stay when it has ended. It keeps
/// a call site per logger and level, and holds on to names only. Thread-safe; never throws.
///
/// ```java
/// void append(Event event) {
///   Level level = levelOf(event);
///   if (bridge.takes(level)) {
///     bridge.log(event.loggerName(), level, event.text(), PropertySet.EMPTY, event.failure());
///   }
/// }
/// ```
public final class LogBridge {
  /// Loggers that are kept; those beyond are looked up for each line.
  public static final int MAX_LOGGERS = 16_384;

  private final int maxLoggers;
  private final Map<String, Log> loggers = new ConcurrentHashMap<>();

  public LogBridge() {
    this(MAX_LOGGERS);
  }

  LogBridge(int maxLoggers) {
    this.maxLoggers = maxLoggers;
  }

  /// Loggers that are kept now.
  int kept() {
    return loggers.size();
  }

  /// Whether a line of that level goes anywhere now. Ask before its text is made.
  ///
  /// Nothing does on threads of this library below *warn*: sending lines must not make new ones.
  public boolean takes(Level level) {
    return isOfApplication(level)
        && (Recording.engine() != null || EarlyLines.takes(Level.known(level), "", true));
  }

  /// Records a line, if it is to go anywhere.
  ///
  /// @param logger its target; null is taken for a logger without a name
  /// @param text null is shown as `null`
  /// @param failure its stack trace is added to the text and its class to the properties
  public void log(
      @Nullable String logger,
      Level level,
      @Nullable String text,
      PropertySet properties,
      @Nullable Throwable failure) {
    if (takes(level)) {
      log(logger == null ? "" : logger).forward(level, String.valueOf(text), properties, failure);
    }
  }

  private Log log(String logger) {
    Log known = loggers.get(logger);
    if (known == null) {
      known = Log.of(logger);
      if (loggers.size() < maxLoggers) {
        loggers.put(logger, known);
      }
    }
    return known;
  }

  /// Whether events of that level are recorded on the current thread.
  static boolean isOfApplication(Level level) {
    return Level.known(level).wireValue() <= Level.WARN.wireValue() || !SdkThread.isCurrent();
  }
}
