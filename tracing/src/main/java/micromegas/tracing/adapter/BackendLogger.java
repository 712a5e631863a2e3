package micromegas.tracing.adapter;

import micromegas.tracing.Level;
import micromegas.tracing.Log;
import micromegas.tracing.PropertySet;
import micromegas.tracing.early.EarlyLines;
import micromegas.tracing.record.Recording;
import org.jspecify.annotations.Nullable;

/// A logger of a logging API that has no other backend: the levels of telemetry count, for what is
/// recorded and for what is printed. While no telemetry runs, lines are printed by the levels of
/// the settings (`MICROMEGAS_CONSOLE_LEVELS`, *info* by default), and kept for the telemetry that
/// starts next as in [LogBridge], if its settings (`MICROMEGAS_TELEMETRY_LEVELS`) would record
/// them: what an application says before its start and after its end is not lost. Thread-safe;
/// never throws.
public final class BackendLogger {
  private final String name;
  private final Log log;

  public BackendLogger(@Nullable String name) {
    this.name = name == null ? "" : name;
    this.log = Log.of(this.name);
  }

  public String name() {
    return name;
  }

  /// Whether a line of that level goes anywhere now. Ask before its text is made.
  public boolean isOn(Level level) {
    return (log.isOn(level) || Recording.engine() == null && isOnAlone(Level.known(level)))
        && LogBridge.isOfApplication(level);
  }

  /// Whether a line goes anywhere while no telemetry runs.
  private boolean isOnAlone(Level level) {
    return ConsoleAlone.passes(level, name) || EarlyLines.takes(level, name, false);
  }

  /// Records and prints a line, if its level is on.
  ///
  /// @param text null is shown as `null`
  /// @param failure its stack trace is added to the text and its class to the properties
  public void log(
      Level level, @Nullable String text, PropertySet properties, @Nullable Throwable failure) {
    if (LogBridge.isOfApplication(level)
        && (Recording.engine() != null
            || !logAlone(Level.known(level), text, properties, failure))) {
      log.log(level, String.valueOf(text), properties, failure);
    }
  }

  /// Keeps and prints a line while no telemetry runs.
  ///
  /// @return false when it runs by now, and the line belongs to it
  private boolean logAlone(
      Level level, @Nullable String text, PropertySet properties, @Nullable Throwable failure) {
    boolean kept = EarlyLines.takes(level, name, false);
    boolean printed = ConsoleAlone.passes(level, name);
    if (kept || printed) {
      String full = Texts.withStackTrace(text, failure);
      PropertySet set = EventProperties.withFailure(properties, failure);
      if (kept && !EarlyLines.keep(level, name, full, set, false)) {
        return false;
      }
      if (printed) {
        ConsoleAlone.print(level, name, full, set);
      }
    }
    return true;
  }
}
