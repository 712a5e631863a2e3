package micromegas.tracing.jul;

import java.util.logging.ErrorManager;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import micromegas.tracing.Level;
import micromegas.tracing.PropertySet;
import micromegas.tracing.adapter.LogBridge;
import micromegas.tracing.adapter.Nesting;
import micromegas.tracing.adapter.Texts;
import org.jspecify.annotations.Nullable;

/// A handler of `java.util.logging` that records each line as a log event: the target is the name
/// of the logger, the text is the localised and formatted message with the stack trace; the class
/// of an exception becomes the property `exception.type`. Name it in the configuration of the log
/// manager
///
/// ```properties
/// handlers = java.util.logging.ConsoleHandler, micromegas.tracing.jul.MicromegasHandler
/// micromegas.tracing.jul.MicromegasHandler.level = FINE
/// ```
///
/// or call [#install()]. Levels are those of the loggers and of the handler: `SEVERE` becomes
/// *error*, `CONFIG` and `FINE` *debug*, what is finer *trace*. Lines go to the telemetry that runs
/// when they are logged, those before to the one that starts next. Thread-safe; never throws.
public final class MicromegasHandler extends Handler {
  private final Nesting nesting = new Nesting();
  private final Formatter messages = new SimpleFormatter();
  private volatile @Nullable LogBridge bridge = new LogBridge();

  /// A handler with the level that the log manager knows for this class, everything by default.
  public MicromegasHandler() {
    String level = LogManager.getLogManager().getProperty(getClass().getName() + ".level");
    if (level != null) {
      try {
        setLevel(java.util.logging.Level.parse(level.strip()));
      } catch (IllegalArgumentException e) {
        reportError("no level of " + getClass().getName(), e, ErrorManager.OPEN_FAILURE);
      }
    }
  }

  /// Adds a handler to the root logger.
  ///
  /// @return it; close it to remove it again
  public static MicromegasHandler install() {
    MicromegasHandler handler = new MicromegasHandler();
    Logger.getLogger("").addHandler(handler);
    return handler;
  }

  @Override
  public void publish(@Nullable LogRecord record) {
    LogBridge to = bridge;
    if (to == null || record == null || !isLoggable(record)) {
      return;
    }
    Level level = level(record.getLevel().intValue());
    if (!to.takes(level) || !nesting.enter()) {
      return;
    }
    try {
      to.log(record.getLoggerName(), level, text(record), PropertySet.EMPTY, record.getThrown());
    } finally {
      nesting.leave();
    }
  }

  private @Nullable String text(LogRecord record) {
    try {
      Formatter own = getFormatter();
      return (own == null ? messages : own).formatMessage(record);
    } catch (Exception | StackOverflowError | LinkageError e) {
      return Texts.unformatted(record.getMessage(), e);
    }
  }

  private static Level level(int value) {
    if (value >= java.util.logging.Level.SEVERE.intValue()) {
      return Level.ERROR;
    } else if (value >= java.util.logging.Level.WARNING.intValue()) {
      return Level.WARN;
    } else if (value >= java.util.logging.Level.INFO.intValue()) {
      return Level.INFO;
    }
    return value >= java.util.logging.Level.FINE.intValue() ? Level.DEBUG : Level.TRACE;
  }

  /// Does nothing: telemetry flushes by itself.
  @Override
  public void flush() {}

  /// Takes no more lines, and leaves the root logger.
  @Override
  public void close() {
    bridge = null;
    Logger.getLogger("").removeHandler(this);
  }
}
