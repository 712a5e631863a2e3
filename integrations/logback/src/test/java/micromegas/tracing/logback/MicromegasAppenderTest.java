package micromegas.tracing.logback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.spi.LoggingEventVO;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.status.Status;
import java.util.Map;
import micromegas.tracing.Level;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Telemetry;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testkit.ContextAdapterContract;
import micromegas.tracing.testkit.NullSweep;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MarkerFactory;

/// A Logback that reads its configuration from a file, and what becomes of its lines.
class MicromegasAppenderTest extends ContextAdapterContract {
  private final LogbackMDCAdapter mdc = new LogbackMDCAdapter();
  private LoggerContext context;

  @BeforeEach
  void configure() throws JoranException {
    context = new LoggerContext();
    context.setMDCAdapter(mdc);
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(getClass().getResource("/logback-levels.xml"));
    assertThat(context.getStatusManager().getCopyOfStatusList())
        .allMatch(status -> status.getEffectiveLevel() < Status.WARN);
  }

  @AfterEach
  void stop() {
    context.stop();
  }

  private LoggingEvent event(String logger, String text, Throwable failure) {
    LoggingEvent event =
        new LoggingEvent(
            "f", context.getLogger(LOGGER), ch.qos.logback.classic.Level.INFO, text, failure, null);
    event.setLoggerName(logger);
    event.setMDCPropertyMap(Map.of());
    return event;
  }

  private MicromegasAppender appender() {
    return (MicromegasAppender) context.getLogger("ROOT").getAppender("MICROMEGAS");
  }

  @Override
  protected void log(Level level, String logger, String pattern, Object... arguments) {
    context.getLogger(logger).atLevel(own(level)).log(pattern, arguments);
  }

  @Override
  protected void fail(Level level, String logger, String text, Throwable failure) {
    context.getLogger(logger).atLevel(own(level)).setCause(failure).log(text);
  }

  @Override
  protected String logWithoutName(String text) {
    appender().doAppend(event(null, text, null));
    return "";
  }

  @Override
  protected Runnable readyLine() {
    MicromegasAppender appender = appender();
    LoggingEvent event = event(LOGGER, "a plain text of a line", null);
    return () -> appender.doAppend(event);
  }

  @Override
  protected void put(String key, String value) {
    mdc.put(key, value);
  }

  @Override
  protected void clearContext() {
    mdc.clear();
  }

  @Override
  protected void logMarked(String logger, String marker, String text) {
    context.getLogger(logger).info(MarkerFactory.getMarker(marker), text);
  }

  private static org.slf4j.event.Level own(Level level) {
    return org.slf4j.event.Level.valueOf(level.name());
  }

  @Test
  void linesBecomeEventsWithTheLevelsOfLogback() {
    Logger orders = context.getLogger("com.acme.Orders");
    try (Telemetry telemetry = telemetry().recordLevels(LevelFilter.of(Level.WARN)).start()) {
      orders.error("order {} failed", 7);
      orders.info("order {} of {} lines", 8, 3);
      orders.debug("not on");
      context.getLogger("com.acme.quiet").warn("not on either");
      context.getLogger("com.acme.chatty").debug("details");
      context.getLogger("com.acme.chatty").trace("finest {}", "details");
      context.getLogger("ROOT").warn("root");
    }
    assertThat(sink.logs())
        .extracting(RecordedLog::level, RecordedLog::target, RecordedLog::text)
        .containsExactly(
            tuple(Level.ERROR, "com.acme.Orders", "order 7 failed"),
            tuple(Level.INFO, "com.acme.Orders", "order 8 of 3 lines"),
            tuple(Level.DEBUG, "com.acme.chatty", "details"),
            tuple(Level.TRACE, "com.acme.chatty", "finest details"),
            tuple(Level.WARN, "ROOT", "root"));
    assertThat(sink.logs()).allMatch(log -> log.properties().isEmpty());
  }

  @Test
  void keyValuesBecomePropertiesAndWin() {
    mdc.put("tenant", "blue");
    Object broken =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException("broken");
          }
        };
    try (Telemetry telemetry = telemetry().start()) {
      context
          .getLogger("com.acme.Orders")
          .atWarn()
          .addMarker(MarkerFactory.getMarker("AUDIT"))
          .addMarker(MarkerFactory.getMarker("SLOW"))
          .addKeyValue("lines", 3)
          .addKeyValue("level", "high")
          .addKeyValue("tenant", "green")
          .addKeyValue("none", (Object) null)
          .addKeyValue(null, broken)
          .log("key-values of {}", 7);
    }
    assertThat(sink.logs().get(0).properties())
        .isEqualTo(
            Map.of(
                "tenant", "green",
                "marker", "AUDIT,SLOW",
                "lines", "3",
                "tag.level", "high",
                "none", "null",
                "null", "[toString() failed: java.lang.IllegalStateException]"));
    assertThat(texts()).containsExactly("key-values of 7");
  }

  /// An event of another JVM has no exception, only what it looked like.
  @Test
  void failuresFromAfarAreShownWithTheirStack() {
    try (Telemetry telemetry = telemetry().start()) {
      LoggingEvent near = event(LOGGER, "from afar", new IllegalStateException("there"));
      appender().doAppend(LoggingEventVO.build(near));
    }
    RecordedLog far = sink.logs().get(0);
    assertThat(far.text())
        .startsWith("from afar\njava.lang.IllegalStateException: there")
        .contains("failuresFromAfarAreShownWithTheirStack");
    assertThat(far.properties())
        .isEqualTo(Map.of("exception.type", "java.lang.IllegalStateException"));
  }

  @Test
  void nullsAreWelcome() {
    LoggingEvent empty = new LoggingEvent(); // without a level, a name, a message
    empty.setMDCPropertyMap(Map.of());
    LoggingEvent nameless = new LoggingEvent();
    nameless.setMDCPropertyMap(Map.of());
    nameless.setLevel(ch.qos.logback.classic.Level.INFO);
    try (Telemetry telemetry = telemetry().start()) {
      MicromegasAppender swept = new MicromegasAppender();
      swept.setContext(context);
      swept.start();
      NullSweep sweep =
          new NullSweep().with(swept).mayRefuse("MicromegasAppender.getFilterChainDecision");
      sweep.type(MicromegasAppender.class);
      assertThat(sweep.thrown()).isEmpty();
      assertThat(sweep.calls()).isGreaterThan(4);
      appender().doAppend(empty);
      appender().doAppend(nameless);
    }
    assertThat(sink.logs())
        .extracting(RecordedLog::target, RecordedLog::text)
        .containsExactly(tuple("", "null"), tuple("", "null"));
  }
}
