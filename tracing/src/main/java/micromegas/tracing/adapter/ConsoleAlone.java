package micromegas.tracing.adapter;

import java.time.Clock;
import micromegas.tracing.ConsoleSink;
import micromegas.tracing.Level;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.PropertySet;
import micromegas.tracing.settings.Setting;
import micromegas.tracing.settings.SettingSources;
import micromegas.tracing.spi.LogLine;
import org.jspecify.annotations.Nullable;

/// Prints lines while no telemetry runs. Thread-safe.
final class ConsoleAlone {
  private static final Clock CLOCK = Clock.systemUTC();

  /// Null while settings are read, should that write lines itself.
  private static final @Nullable LevelFilter LEVELS = levels();

  private ConsoleAlone() {}

  static boolean passes(Level level, String target) {
    LevelFilter levels = LEVELS;
    return levels != null && levels.passes(level, target);
  }

  static void print(Level level, String target, String text, PropertySet properties) {
    ConsoleSink.standardOutput().log(new LogLine(CLOCK.instant(), level, target, text, properties));
  }

  private static LevelFilter levels() {
    LevelFilter otherwise = LevelFilter.of(Level.INFO);
    try {
      return SettingSources.ofProcess()
          .value(Setting.MICROMEGAS_CONSOLE_LEVELS, LevelFilter::parse)
          .orElse(otherwise);
    } catch (IllegalArgumentException e) {
      return otherwise; // the start of telemetry says what is wrong with it
    }
  }
}
