package micromegas.tracing.logback;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.spi.FilterAttachableImpl;
import ch.qos.logback.core.spi.FilterReply;
import java.util.List;
import micromegas.tracing.Level;
import micromegas.tracing.adapter.ContextKeys;
import micromegas.tracing.adapter.EventProperties;
import micromegas.tracing.adapter.LogBridge;
import micromegas.tracing.adapter.Nesting;
import micromegas.tracing.adapter.Texts;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;

/// A Logback appender that records each line as a log event: the target is the name of the logger,
/// the text is the formatted message with the stack trace, markers become the property `marker`,
/// key-values properties of their own, the class of an exception `exception.type`.
///
/// ```xml
/// <appender name="MICROMEGAS" class="micromegas.tracing.logback.MicromegasAppender">
///   <mdc>tenant, zone</mdc>
/// </appender>
/// ```
///
/// Levels are those of Logback. Lines go to the telemetry that runs when they are logged, those
/// before to the one that starts next. Do not put an `AsyncAppender` in front: recording costs no
/// more than its queue, and the time of an event is that of its recording. Thread-safe.
public final class MicromegasAppender extends ContextAwareBase implements Appender<ILoggingEvent> {
  private final Nesting nesting = new Nesting();
  private final FilterAttachableImpl<ILoggingEvent> filters = new FilterAttachableImpl<>();
  private volatile LogBridge bridge = new LogBridge();
  private volatile boolean started;
  private @Nullable String name;
  private @Nullable ContextKeys mdc;

  /// Keys of the MDC that become properties, separated by commas; those of
  /// `MICROMEGAS_TELEMETRY_MDC` by default, else none. Keep their values few.
  public void setMdc(String keys) {
    mdc = ContextKeys.parse(keys);
  }

  @Override
  public void start() {
    if (mdc == null) {
      mdc = ContextKeys.ofProcess();
    }
    started = true;
  }

  /// Forgets its loggers.
  @Override
  public void stop() {
    started = false;
    bridge = new LogBridge();
  }

  @Override
  public boolean isStarted() {
    return started;
  }

  @Override
  public @Nullable String getName() {
    return name;
  }

  @Override
  public void setName(String newName) {
    name = newName;
  }

  @Override
  public void addFilter(Filter<ILoggingEvent> filter) {
    filters.addFilter(filter);
  }

  @Override
  public void clearAllFilters() {
    filters.clearAllFilters();
  }

  @Override
  public List<Filter<ILoggingEvent>> getCopyOfAttachedFiltersList() {
    return filters.getCopyOfAttachedFiltersList();
  }

  @Override
  public FilterReply getFilterChainDecision(ILoggingEvent event) {
    return filters.getFilterChainDecision(event);
  }

  @Override
  public void doAppend(@Nullable ILoggingEvent event) {
    if (!started || event == null || !nesting.enter()) {
      return;
    }
    try {
      if (filters.getFilterChainDecision(event) != FilterReply.DENY) {
        append(event);
      }
    } catch (Exception | StackOverflowError | LinkageError e) { // of a filter or an odd event
      addError("a line is lost: " + e, e);
    } finally {
      nesting.leave();
    }
  }

  private void append(ILoggingEvent event) {
    Level level = level(event.getLevel());
    if (!bridge.takes(level)) {
      return;
    }
    EventProperties properties = properties(event);
    IThrowableProxy proxy = event.getThrowableProxy();
    if (proxy == null || proxy instanceof ThrowableProxy) {
      Throwable failure = proxy == null ? null : ((ThrowableProxy) proxy).getThrowable();
      bridge.log(
          event.getLoggerName(), level, text(event), EventProperties.setOf(properties), failure);
    } else { // of another process, as text only
      properties = properties == null ? new EventProperties() : properties;
      properties.add(EventProperties.EXCEPTION_TYPE, proxy.getClassName());
      String text = text(event) + '\n' + ThrowableProxyUtil.asString(proxy).stripTrailing();
      bridge.log(event.getLoggerName(), level, text, EventProperties.setOf(properties), null);
    }
  }

  private static Level level(ch.qos.logback.classic.@Nullable Level own) {
    int value = (own == null ? ch.qos.logback.classic.Level.INFO : own).toInt();
    if (value >= ch.qos.logback.classic.Level.ERROR_INT) {
      return Level.ERROR;
    } else if (value >= ch.qos.logback.classic.Level.WARN_INT) {
      return Level.WARN;
    } else if (value >= ch.qos.logback.classic.Level.INFO_INT) {
      return Level.INFO;
    }
    return value >= ch.qos.logback.classic.Level.DEBUG_INT ? Level.DEBUG : Level.TRACE;
  }

  private static String text(ILoggingEvent event) {
    try {
      return event.getFormattedMessage();
    } catch (Exception | StackOverflowError | LinkageError e) {
      return Texts.unformatted(event.getMessage(), e);
    }
  }

  /// Null when there are none.
  private @Nullable EventProperties properties(ILoggingEvent event) {
    EventProperties properties = null;
    ContextKeys keys = mdc;
    if (keys != null && !keys.isEmpty()) {
      properties = keys.copy(event.getMDCPropertyMap(), null);
    }
    List<Marker> markers = event.getMarkerList();
    if (markers != null) {
      for (Marker marker : markers) {
        properties = properties == null ? new EventProperties() : properties;
        properties.marker(marker.getName());
      }
    }
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs != null) {
      for (KeyValuePair pair : pairs) {
        properties = properties == null ? new EventProperties() : properties;
        properties.add(pair.key, pair.value);
      }
    }
    return properties;
  }
}
