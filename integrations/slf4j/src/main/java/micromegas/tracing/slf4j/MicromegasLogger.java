package micromegas.tracing.slf4j;

import micromegas.tracing.adapter.BackendLogger;
import micromegas.tracing.adapter.EventProperties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.spi.LoggingEventBuilder;

/// A logger of SLF4J. Thread-safe; never throws.
final class MicromegasLogger extends LegacyAbstractLogger {
  private static final long serialVersionUID = 1L;

  // Not written: what is read back is replaced by the logger of that name.
  private final transient BackendLogger logger;
  private final transient LineWriter writer;

  MicromegasLogger(BackendLogger logger, LineWriter writer) {
    this.name = logger.name();
    this.logger = logger;
    this.writer = writer;
  }

  @Override
  public boolean isTraceEnabled() {
    return logger.isOn(micromegas.tracing.Level.TRACE);
  }

  @Override
  public boolean isDebugEnabled() {
    return logger.isOn(micromegas.tracing.Level.DEBUG);
  }

  @Override
  public boolean isInfoEnabled() {
    return logger.isOn(micromegas.tracing.Level.INFO);
  }

  @Override
  public boolean isWarnEnabled() {
    return logger.isOn(micromegas.tracing.Level.WARN);
  }

  @Override
  public boolean isErrorEnabled() {
    return logger.isOn(micromegas.tracing.Level.ERROR);
  }

  @Override
  public boolean isEnabledForLevel(@Nullable Level level) {
    return logger.isOn(LineWriter.level(level));
  }

  @Override
  public LoggingEventBuilder makeLoggingEventBuilder(@Nullable Level level) {
    return new LineBuilder(logger, writer, level);
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level,
      @Nullable Marker marker,
      @Nullable String pattern,
      @Nullable Object @Nullable [] arguments,
      @Nullable Throwable failure) {
    EventProperties properties =
        marker == null ? null : new EventProperties().marker(marker.getName());
    writer.write(logger, LineWriter.level(level), pattern, arguments, failure, properties);
  }

  @Override
  protected @Nullable String getFullyQualifiedCallerName() {
    return null; // the place of a call is not recorded
  }
}
