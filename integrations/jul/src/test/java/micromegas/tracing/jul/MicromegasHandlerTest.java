package micromegas.tracing.jul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.io.InputStream;
import java.util.ListResourceBundle;
import java.util.logging.Formatter;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import micromegas.tracing.Level;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Telemetry;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testkit.LoggingAdapterContract;
import micromegas.tracing.testkit.NullSweep;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The log manager with a configuration from a file, and what becomes of its lines.
class MicromegasHandlerTest extends LoggingAdapterContract {
  // Kept, since the log manager holds loggers weakly.
  private static final Logger ORDERS = Logger.getLogger("com.acme.Orders");
  private static final Logger CHATTY = Logger.getLogger(LOGGER);
  private static final Logger QUIET = Logger.getLogger("com.acme.quiet");

  @BeforeEach
  void configure() throws IOException {
    try (InputStream in = getClass().getResourceAsStream("/logging-levels.properties")) {
      LogManager.getLogManager().readConfiguration(in);
    }
  }

  @AfterEach
  void reset() throws IOException {
    LogManager.getLogManager().readConfiguration();
  }

  @Override
  protected void log(Level level, String logger, String pattern, Object... arguments) {
    if (arguments.length == 0) {
      Logger.getLogger(logger).log(own(level), pattern);
    } else {
      Logger.getLogger(logger).log(own(level), numbered(pattern), arguments);
    }
  }

  @Override
  protected void fail(Level level, String logger, String text, Throwable failure) {
    Logger.getLogger(logger).log(own(level), text, failure);
  }

  @Override
  protected String logWithoutName(String text) {
    CHATTY.log(new LogRecord(java.util.logging.Level.INFO, text));
    return "";
  }

  @Override
  protected Runnable readyLine() {
    MicromegasHandler handler = new MicromegasHandler();
    LogRecord record = new LogRecord(java.util.logging.Level.INFO, "a plain text of a line");
    record.setLoggerName(LOGGER);
    return () -> handler.publish(record);
  }

  private static java.util.logging.Level own(Level level) {
    return switch (level) {
      case FATAL, ERROR -> java.util.logging.Level.SEVERE;
      case WARN -> java.util.logging.Level.WARNING;
      case INFO -> java.util.logging.Level.INFO;
      case DEBUG -> java.util.logging.Level.FINE;
      case TRACE -> java.util.logging.Level.FINER;
    };
  }

  /// Texts of the application's logger.
  public static final class Messages extends ListResourceBundle {
    @Override
    protected Object[][] getContents() {
      return new Object[][] {{"greeting", "bonjour {0}"}};
    }
  }

  @Test
  void linesBecomeEventsWithTheLevelsOfTheLogManager() {
    try (Telemetry telemetry = telemetry().recordLevels(LevelFilter.of(Level.WARN)).start()) {
      ORDERS.severe("lost");
      ORDERS.log(java.util.logging.Level.WARNING, "order {0} failed", 7);
      ORDERS.info("plain {0}");
      ORDERS.fine("not on");
      QUIET.warning("not on either");
      CHATTY.config("configured");
      CHATTY.fine("details");
      CHATTY.finer("more details");
      CHATTY.finest("beyond the handler");
      Logger.getLogger("").warning("root");
      LogRecord nameless = new LogRecord(java.util.logging.Level.INFO, "nameless");
      ORDERS.log(nameless);
    }
    assertThat(sink.logs())
        .extracting(RecordedLog::level, RecordedLog::target, RecordedLog::text)
        .containsExactly(
            tuple(Level.ERROR, "com.acme.Orders", "lost"),
            tuple(Level.WARN, "com.acme.Orders", "order 7 failed"),
            tuple(Level.INFO, "com.acme.Orders", "plain {0}"),
            tuple(Level.DEBUG, "com.acme.chatty", "configured"),
            tuple(Level.DEBUG, "com.acme.chatty", "details"),
            tuple(Level.TRACE, "com.acme.chatty", "more details"),
            tuple(Level.WARN, "", "root"),
            tuple(Level.INFO, "", "nameless"));
  }

  @Test
  void textsInOtherLanguages() {
    try (Telemetry telemetry = telemetry().start()) {
      ORDERS.logrb(java.util.logging.Level.INFO, new Messages(), "greeting", (Object) "monde");
    }
    assertThat(texts()).containsExactly("bonjour monde");
  }

  @Test
  void whatCannotBeFormattedIsShownAsItIs() {
    MicromegasHandler own = new MicromegasHandler();
    own.setFormatter(
        new Formatter() {
          @Override
          public String format(LogRecord record) {
            return "";
          }

          @Override
          public String formatMessage(LogRecord record) {
            throw new IllegalStateException("broken");
          }
        });
    try (Telemetry telemetry = telemetry().start()) {
      ORDERS.log(java.util.logging.Level.INFO, "{0} {1}", new Object[] {null});
      ORDERS.log(java.util.logging.Level.INFO, "{0} {", new Object[] {1});
      own.publish(null);
      own.publish(new LogRecord(java.util.logging.Level.INFO, "own formatter"));
    }
    assertThat(texts())
        .containsExactly(
            "null {1}",
            "{0} {", "own formatter [formatting failed: java.lang.IllegalStateException]");
  }

  @Test
  void aHandlerThatIsClosedHasLeft() {
    Logger root = Logger.getLogger("");
    int before = root.getHandlers().length;
    try (Telemetry telemetry = telemetry().start()) {
      MicromegasHandler handler = MicromegasHandler.install();
      ORDERS.info("twice");
      assertThat(root.getHandlers()).contains(handler).hasSize(before + 1);
      handler.close();
      ORDERS.info("once");
      handler.publish(new LogRecord(java.util.logging.Level.INFO, "late"));
      assertThat(root.getHandlers()).doesNotContain(handler).hasSize(before);
    }
    assertThat(texts()).containsExactly("twice", "twice", "once");
  }

  @Test
  void nullsAreWelcome() {
    LogRecord empty = new LogRecord(java.util.logging.Level.INFO, null);
    empty.setResourceBundleName(null);
    empty.setParameters(new Object[] {null});
    try (Telemetry telemetry = telemetry().start()) {
      NullSweep sweep = new NullSweep().with(new MicromegasHandler());
      sweep.type(MicromegasHandler.class);
      assertThat(sweep.thrown()).isEmpty();
      assertThat(sweep.calls()).isPositive();
      new MicromegasHandler().publish(empty);
    }
    assertThat(texts()).containsExactly("null");
  }
}
