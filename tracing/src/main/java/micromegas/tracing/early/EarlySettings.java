package micromegas.tracing.early;

import micromegas.tracing.Level;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.settings.Setting;
import micromegas.tracing.settings.SettingSources;

/// What may be kept while no telemetry runs. Immutable.
///
/// @param maxLines 0 for none
/// @param maxBytes about what all lines may take
/// @param maxSeconds from the first line until everything is let go, if no telemetry starts
/// @param levels of lines from libraries without levels of their own
public record EarlySettings(long maxLines, long maxBytes, long maxSeconds, LevelFilter levels) {

  public static final EarlySettings DEFAULTS =
      new EarlySettings(1_000, 256 * 1024, 300, LevelFilter.of(Level.DEBUG));

  /// @throws IllegalArgumentException for a setting that cannot be understood
  public static EarlySettings of(SettingSources sources) {
    return new EarlySettings(
        sources.number(Setting.MICROMEGAS_TELEMETRY_EARLY_LINES, 0, DEFAULTS.maxLines),
        sources.number(Setting.MICROMEGAS_TELEMETRY_EARLY_BYTES, 0, DEFAULTS.maxBytes),
        sources.number(Setting.MICROMEGAS_TELEMETRY_EARLY_SECONDS, 0, DEFAULTS.maxSeconds),
        sources
            .value(Setting.MICROMEGAS_TELEMETRY_LEVELS, LevelFilter::parse)
            .orElse(DEFAULTS.levels));
  }

  /// Those of this process; the defaults when they cannot be understood, which the start of
  /// telemetry complains about.
  static EarlySettings ofProcess() {
    try {
      return of(SettingSources.ofProcess());
    } catch (IllegalArgumentException e) {
      return DEFAULTS;
    }
  }
}
