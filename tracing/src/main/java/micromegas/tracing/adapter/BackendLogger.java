package micromegas.tracing.adapter;

import micromegas.tracing.Level;
import micromegas.tracing.Log;
import micromegas.tracing.PropertySet;
import micromegas.tracing.record.Recording;
import org.jspecify.annotations.Nullable;

/// A logger of a logging API that has no other backend: the levels of telemetry count, for what is
/// recorded and for what is printed. While no telemetry runs, lines are printed by the levels of
/// the settings (`MICROMEGAS_CONSOLE_LEVELS`, *info* by default), so that what an application says
/// before its start and after its end is not lost. Thread-safe; never throws.
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
    if (log.isOn(level)) {
      return LogBridge.isOfApplication(level);
    }
    return Recording.engine() == null && ConsoleAlone.passes(level, name);
  }

  /// Records and prints a line, if its level is on.
  ///
  /// @param text null is shown as `null`
  /// @param failure its stack trace is added to the text and its class to the properties
  public void log(
      Level level, @Nullable String text, PropertySet properties, @Nullable Throwable failure) {
    if (!LogBridge.isOfApplication(level)) {
      return;
    }
    if (Recording.engine() != null) {
      log.log(level, String.valueOf(text), properties, failure);
    } else if (ConsoleAlone.passes(level, name)) {
      ConsoleAlone.print(level, name, String.valueOf(text), properties, failure);
    }
  }
}
