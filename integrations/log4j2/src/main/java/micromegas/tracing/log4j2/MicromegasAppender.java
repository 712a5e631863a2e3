package micromegas.tracing.log4j2;

import micromegas.tracing.Level;
import micromegas.tracing.adapter.ContextKeys;
import micromegas.tracing.adapter.EventProperties;
import micromegas.tracing.adapter.LogBridge;
import micromegas.tracing.adapter.Texts;
import org.apache.logging.log4j.Marker;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.Core;
import org.apache.logging.log4j.core.Filter;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.config.plugins.Plugin;
import org.apache.logging.log4j.core.config.plugins.PluginBuilderAttribute;
import org.apache.logging.log4j.core.config.plugins.PluginBuilderFactory;
import org.apache.logging.log4j.message.MapMessage;
import org.apache.logging.log4j.message.Message;
import org.apache.logging.log4j.util.ReadOnlyStringMap;
import org.jspecify.annotations.Nullable;

/// A Log4j 2 appender that records each line as a log event: the target is the name of the logger,
/// the text is the formatted message with the stack trace, a marker becomes the property `marker`,
/// the pairs of a [MapMessage] properties of their own, the class of an exception `exception.type`.
///
/// ```xml
/// <Appenders>
///   <Micromegas name="MICROMEGAS" mdc="tenant, zone"/>
/// </Appenders>
/// ```
///
/// Levels are those of Log4j. Lines go to the telemetry that runs when they are logged, those
/// before to the one that starts next. Asynchronous loggers in front are not needed: nothing here
/// waits, and the time of an event is that of its recording. Thread-safe.
@Plugin(
    name = "Micromegas",
    category = Core.CATEGORY_NAME,
    elementType = Appender.ELEMENT_TYPE,
    printObject = true)
public final class MicromegasAppender extends AbstractAppender {
  private final ContextKeys mdc;
  private volatile LogBridge bridge = new LogBridge();

  private MicromegasAppender(
      String name, @Nullable Filter filter, boolean ignoreExceptions, ContextKeys mdc) {
    super(name, filter, null, ignoreExceptions, Property.EMPTY_ARRAY);
    this.mdc = mdc;
  }

  /// For the configuration.
  @PluginBuilderFactory
  public static Builder newBuilder() {
    return new Builder();
  }

  /// The attributes of the element. Not thread-safe.
  public static final class Builder extends AbstractAppender.Builder<Builder>
      implements org.apache.logging.log4j.core.util.Builder<MicromegasAppender> {
    @PluginBuilderAttribute private @Nullable String mdc;

    private Builder() {}

    /// Keys of the thread context that become properties, separated by commas; those of
    /// `MICROMEGAS_TELEMETRY_MDC` by default, else none. Keep their values few.
    public Builder setMdc(String keys) {
      mdc = keys;
      return this;
    }

    @Override
    public MicromegasAppender build() {
      ContextKeys keys = mdc == null ? ContextKeys.ofProcess() : ContextKeys.parse(mdc);
      return new MicromegasAppender(getName(), getFilter(), isIgnoreExceptions(), keys);
    }
  }

  @Override
  public void append(@Nullable LogEvent event) {
    if (event == null) {
      return;
    }
    Level level = level(event.getLevel());
    if (bridge.takes(level)) {
      bridge.log(
          event.getLoggerName(),
          level,
          text(event.getMessage()),
          EventProperties.setOf(properties(event)),
          event.getThrown());
    }
  }

  /// Forgets its loggers.
  @Override
  public void stop() {
    super.stop();
    bridge = new LogBridge();
  }

  private static Level level(org.apache.logging.log4j.@Nullable Level own) {
    int value = (own == null ? org.apache.logging.log4j.Level.INFO : own).intLevel();
    if (value <= org.apache.logging.log4j.Level.FATAL.intLevel()) {
      return Level.FATAL;
    } else if (value <= org.apache.logging.log4j.Level.ERROR.intLevel()) {
      return Level.ERROR;
    } else if (value <= org.apache.logging.log4j.Level.WARN.intLevel()) {
      return Level.WARN;
    } else if (value <= org.apache.logging.log4j.Level.INFO.intLevel()) {
      return Level.INFO;
    }
    return value <= org.apache.logging.log4j.Level.DEBUG.intLevel() ? Level.DEBUG : Level.TRACE;
  }

  private static String text(@Nullable Message message) {
    if (message == null) {
      return "null";
    }
    try {
      return message.getFormattedMessage();
    } catch (Exception | StackOverflowError | LinkageError e) {
      return Texts.unformatted(message.getClass().getName(), e);
    }
  }

  /// Null when there are none.
  private @Nullable EventProperties properties(LogEvent event) {
    EventProperties properties = mdc.isEmpty() ? null : context(event.getContextData());
    Marker marker = event.getMarker();
    if (marker != null) {
      properties = properties == null ? new EventProperties() : properties;
      properties.marker(marker.getName());
    }
    if (event.getMessage() instanceof MapMessage<?, ?> pairs) {
      EventProperties all = properties == null ? new EventProperties() : properties;
      pairs.forEach((key, value) -> all.add(key, value));
      properties = all;
    }
    return properties;
  }

  private @Nullable EventProperties context(ReadOnlyStringMap values) {
    return mdc.copy(
        key -> {
          Object value = values.getValue(key);
          return value == null ? null : Texts.of(value);
        },
        null);
  }
}
