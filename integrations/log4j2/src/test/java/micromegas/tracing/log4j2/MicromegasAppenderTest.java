package micromegas.tracing.log4j2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import java.util.Map;
import micromegas.tracing.Level;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Telemetry;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testkit.ContextAdapterContract;
import micromegas.tracing.testkit.NullSweep;
import org.apache.logging.log4j.Logger;
import org.apache.logging.log4j.MarkerManager;
import org.apache.logging.log4j.ThreadContext;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.Message;
import org.apache.logging.log4j.message.SimpleMessage;
import org.apache.logging.log4j.message.StringMapMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A Log4j that reads its configuration from a file, and what becomes of its lines.
class MicromegasAppenderTest extends ContextAdapterContract {
  private LoggerContext context;

  @BeforeEach
  void configure() throws Exception {
    context = new LoggerContext("test", null, getClass().getResource("/log4j2-levels.xml").toURI());
    context.start();
  }

  @AfterEach
  void stop() {
    context.stop();
  }

  private static LogEvent event(String logger, Message message) {
    return Log4jLogEvent.newBuilder()
        .setLoggerName(logger)
        .setLevel(org.apache.logging.log4j.Level.INFO)
        .setMessage(message)
        .build();
  }

  private MicromegasAppender appender() {
    return context.getConfiguration().getAppender("MICROMEGAS");
  }

  @Override
  protected List<Level> levels() {
    return List.of(Level.values());
  }

  @Override
  protected void log(Level level, String logger, String pattern, Object... arguments) {
    context.getLogger(logger).log(own(level), pattern, arguments);
  }

  @Override
  protected void fail(Level level, String logger, String text, Throwable failure) {
    context.getLogger(logger).log(own(level), text, failure);
  }

  @Override
  protected String logWithoutName(String text) {
    appender().append(event(null, new SimpleMessage(text)));
    return "";
  }

  @Override
  protected Runnable readyLine() {
    MicromegasAppender plain = MicromegasAppender.newBuilder().setName("plain").setMdc("").build();
    LogEvent event = event(LOGGER, new SimpleMessage("a plain text of a line"));
    return () -> plain.append(event);
  }

  @Override
  protected void put(String key, String value) {
    ThreadContext.put(key, value);
  }

  @Override
  protected void clearContext() {
    ThreadContext.clearAll();
  }

  @Override
  protected void logMarked(String logger, String marker, String text) {
    context.getLogger(logger).info(MarkerManager.getMarker(marker), text);
  }

  /// Log4j makes the text of a line before an appender sees it.
  @Override
  protected int mostNested() {
    return FAR_TOO_DEEP;
  }

  private static org.apache.logging.log4j.Level own(Level level) {
    return org.apache.logging.log4j.Level.valueOf(level.name());
  }

  @Test
  void linesBecomeEventsWithTheLevelsOfLog4j() {
    Logger orders = context.getLogger("com.acme.Orders");
    Logger chatty = context.getLogger("com.acme.chatty");
    try (Telemetry telemetry = telemetry().recordLevels(LevelFilter.of(Level.WARN)).start()) {
      orders.fatal("lost");
      orders.error("order {} failed", 7);
      orders.info("order {} of {} lines", 8, 3);
      orders.debug("not on");
      context.getLogger("com.acme.quiet").warn("not on either");
      chatty.debug("details");
      chatty.trace("finest {}", "details");
      chatty.log(org.apache.logging.log4j.Level.forName("NOTICE", 350), "own level");
      context.getRootLogger().warn("root");
    }
    assertThat(sink.logs())
        .extracting(RecordedLog::level, RecordedLog::target, RecordedLog::text)
        .containsExactly(
            tuple(Level.FATAL, "com.acme.Orders", "lost"),
            tuple(Level.ERROR, "com.acme.Orders", "order 7 failed"),
            tuple(Level.INFO, "com.acme.Orders", "order 8 of 3 lines"),
            tuple(Level.DEBUG, "com.acme.chatty", "details"),
            tuple(Level.TRACE, "com.acme.chatty", "finest details"),
            tuple(Level.INFO, "com.acme.chatty", "own level"),
            tuple(Level.WARN, "", "root"));
    assertThat(sink.logs()).allMatch(log -> log.properties().isEmpty());
  }

  @Test
  void pairsOfAMapBecomePropertiesAndWin() {
    ThreadContext.put("tenant", "blue");
    try (Telemetry telemetry = telemetry().start()) {
      context
          .getLogger(LOGGER)
          .warn(
              MarkerManager.getMarker("AUDIT"),
              new StringMapMessage()
                  .with("lines", "3")
                  .with("level", "high")
                  .with("tenant", "green"));
    }
    assertThat(sink.logs().get(0).properties())
        .isEqualTo(Map.of("tenant", "green", "marker", "AUDIT", "lines", "3", "tag.level", "high"));
    assertThat(texts().get(0)).contains("lines=\"3\"");
  }

  @Test
  void aMessageThatFailsIsShownByItsClass() {
    Message unspeakable =
        new SimpleMessage("x") {
          private static final long serialVersionUID = 1L;

          @Override
          public String getFormattedMessage() {
            throw new IllegalStateException("broken");
          }
        };
    try (Telemetry telemetry = telemetry().start()) {
      appender().append(event(LOGGER, unspeakable)); // Log4j itself may refuse it
      appender().append(event(LOGGER, null));
    }
    assertThat(texts())
        .containsExactly(
            unspeakable.getClass().getName()
                + " [formatting failed: java.lang.IllegalStateException]",
            "null");
  }

  @Test
  void nullsAreWelcome() {
    try (Telemetry telemetry = telemetry().start()) {
      NullSweep sweep = new NullSweep().with(appender());
      sweep.type(MicromegasAppender.class);
      assertThat(sweep.thrown()).isEmpty();
      assertThat(sweep.calls()).isPositive();
      appender().append(Log4jLogEvent.newBuilder().build()); // without a name, a message
    }
    assertThat(texts()).containsExactly("null");
  }
}
