package micromegas.tracing.systemlogger;

import java.text.MessageFormat;
import java.util.MissingResourceException;
import java.util.ResourceBundle;
import java.util.function.Supplier;
import micromegas.tracing.PropertySet;
import micromegas.tracing.adapter.BackendLogger;
import micromegas.tracing.adapter.Nesting;
import micromegas.tracing.adapter.Texts;
import org.jspecify.annotations.Nullable;

/// A system logger. Thread-safe; never throws, also where [System.Logger] lets null be refused: a
/// line without a level is *info*.
final class SystemLogger implements System.Logger {
  private final BackendLogger logger;
  private final Nesting nesting;
  private final micromegas.tracing.Level least;

  /// @param least the least severe level that may be on
  SystemLogger(BackendLogger logger, Nesting nesting, micromegas.tracing.Level least) {
    this.logger = logger;
    this.nesting = nesting;
    this.least = least;
  }

  @Override
  public String getName() {
    return logger.name();
  }

  @Override
  public boolean isLoggable(@Nullable Level level) {
    return level != Level.OFF && isOn(level(level));
  }

  private boolean isOn(micromegas.tracing.Level level) {
    return level.wireValue() <= least.wireValue() && logger.isOn(level);
  }

  @Override
  public void log(
      @Nullable Level level,
      @Nullable ResourceBundle bundle,
      @Nullable String message,
      @Nullable Throwable thrown) {
    if (isLoggable(level)) {
      logger.log(level(level), localised(bundle, message), PropertySet.EMPTY, thrown);
    }
  }

  @Override
  public void log(
      @Nullable Level level,
      @Nullable ResourceBundle bundle,
      @Nullable String format,
      @Nullable Object @Nullable ... parameters) {
    if (isLoggable(level) && nesting.enter()) {
      try {
        String pattern = localised(bundle, format);
        logger.log(level(level), format(pattern, parameters), PropertySet.EMPTY, null);
      } finally {
        nesting.leave();
      }
    }
  }

  @Override
  public void log(@Nullable Level level, @Nullable Object value) {
    if (isLoggable(level) && nesting.enter()) {
      try {
        logger.log(level(level), Texts.of(value), PropertySet.EMPTY, null);
      } finally {
        nesting.leave();
      }
    }
  }

  @Override
  public void log(@Nullable Level level, @Nullable Supplier<String> message) {
    log(level, message, null);
  }

  @Override
  public void log(
      @Nullable Level level, @Nullable Supplier<String> message, @Nullable Throwable thrown) {
    if (isLoggable(level) && nesting.enter()) {
      try {
        logger.log(level(level), text(message), PropertySet.EMPTY, thrown);
      } finally {
        nesting.leave();
      }
    }
  }

  private static @Nullable String text(@Nullable Supplier<String> message) {
    if (message == null) {
      return null;
    }
    try {
      return message.get();
    } catch (Exception | StackOverflowError | LinkageError e) {
      return Texts.unformatted("", e);
    }
  }

  private static @Nullable String localised(@Nullable ResourceBundle bundle, @Nullable String key) {
    if (bundle == null || key == null) {
      return key;
    }
    try {
      return bundle.getString(key);
    } catch (MissingResourceException | ClassCastException e) {
      return key;
    }
  }

  private static @Nullable String format(
      @Nullable String pattern, @Nullable Object @Nullable [] parameters) {
    if (pattern == null || parameters == null || parameters.length == 0) {
      return pattern;
    }
    try {
      return MessageFormat.format(pattern, parameters);
    } catch (Exception | StackOverflowError | LinkageError e) {
      return Texts.unformatted(pattern, e);
    }
  }

  private static micromegas.tracing.Level level(@Nullable Level level) {
    return switch (level == null ? Level.INFO : level) {
      case OFF, ERROR -> micromegas.tracing.Level.ERROR;
      case WARNING -> micromegas.tracing.Level.WARN;
      case INFO -> micromegas.tracing.Level.INFO;
      case DEBUG -> micromegas.tracing.Level.DEBUG;
      case ALL, TRACE -> micromegas.tracing.Level.TRACE;
    };
  }
}
