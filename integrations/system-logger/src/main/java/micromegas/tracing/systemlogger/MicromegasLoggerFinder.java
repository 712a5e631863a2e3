package micromegas.tracing.systemlogger;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import micromegas.tracing.Level;
import micromegas.tracing.adapter.BackendLogger;
import micromegas.tracing.adapter.Nesting;
import org.jspecify.annotations.Nullable;

/// Makes Micromegas the backend of [System.Logger]; found by being on the class path or module
/// path.
///
/// The target of an event is the name of the logger, its text the localised and formatted message;
/// an exception adds its stack trace and the property `exception.type`. Levels are those of
/// telemetry (`MICROMEGAS_TELEMETRY_LEVELS` for what is recorded, `MICROMEGAS_CONSOLE_LEVELS` for
/// what is printed), except that loggers of the JDK itself are off below *info*. While no telemetry
/// runs, lines are printed and kept for the next one. Thread-safe.
public final class MicromegasLoggerFinder extends System.LoggerFinder {
  private final Nesting nesting = new Nesting();
  private final Map<String, System.Logger> ofJdk = new ConcurrentHashMap<>();
  private final Map<String, System.Logger> ofApplication = new ConcurrentHashMap<>();

  /// For the JDK.
  public MicromegasLoggerFinder() {}

  @Override
  public System.Logger getLogger(@Nullable String name, @Nullable Module module) {
    boolean jdk = isOfJdk(module);
    return (jdk ? ofJdk : ofApplication)
        .computeIfAbsent(
            String.valueOf(name),
            key ->
                new SystemLogger(new BackendLogger(key), nesting, jdk ? Level.INFO : Level.TRACE));
  }

  /// Whether a module is one of the JDK: those log what they do for the library too.
  private static boolean isOfJdk(@Nullable Module module) {
    if (module == null) {
      return false;
    }
    ClassLoader loader = module.getClassLoader();
    return loader == null || loader == ClassLoader.getPlatformClassLoader();
  }
}
