package micromegas.tracing.systemlogger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.System.Logger;
import java.nio.charset.StandardCharsets;
import java.util.ListResourceBundle;
import java.util.function.Supplier;
import micromegas.tracing.Level;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Telemetry;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testkit.LoggingAdapterContract;
import micromegas.tracing.testkit.NullSweep;
import org.junit.jupiter.api.Test;

/// System loggers as applications and the JDK see them.
class SystemLoggerTest extends LoggingAdapterContract {
  private static final Logger LOG = System.getLogger("com.acme.Orders");

  @Override
  protected void log(Level level, String logger, String pattern, Object... arguments) {
    System.getLogger(logger).log(own(level), numbered(pattern), arguments);
  }

  @Override
  protected void fail(Level level, String logger, String text, Throwable failure) {
    System.getLogger(logger).log(own(level), text, failure);
  }

  @Override
  protected String logWithoutName(String text) {
    new MicromegasLoggerFinder()
        .getLogger(null, getClass().getModule())
        .log(Logger.Level.INFO, text);
    return "null";
  }

  @Override
  protected Runnable readyLine() {
    Logger logger = new MicromegasLoggerFinder().getLogger(LOGGER, getClass().getModule());
    return () -> logger.log(Logger.Level.INFO, null, "a plain text of a line", (Throwable) null);
  }

  private static Logger.Level own(Level level) {
    return level == Level.WARN
        ? Logger.Level.WARNING
        : Logger.Level.valueOf(level == Level.FATAL ? "ERROR" : level.name());
  }

  /// Texts of the application's logger.
  public static final class Messages extends ListResourceBundle {
    @Override
    protected Object[][] getContents() {
      return new Object[][] {{"greeting", "bonjour {0}"}, {"number", 7}};
    }
  }

  @Test
  void theLevelsAreThoseOfTelemetry() {
    assertThat(System.LoggerFinder.getLoggerFinder()).isInstanceOf(MicromegasLoggerFinder.class);
    Logger chatty = System.getLogger("com.acme.chatty");
    try (Telemetry telemetry =
        telemetry().recordLevels(LevelFilter.parse("info,com.acme.chatty=trace")).start()) {
      assertThat(LOG.isLoggable(Logger.Level.DEBUG)).isFalse();
      assertThat(LOG.isLoggable(Logger.Level.INFO)).isTrue();
      assertThat(LOG.isLoggable(Logger.Level.OFF)).isFalse();
      LOG.log(Logger.Level.ERROR, "order {0} failed", 7);
      LOG.log(Logger.Level.WARNING, "slow {0}");
      LOG.log(Logger.Level.INFO, () -> "supplied");
      LOG.log(Logger.Level.INFO, (Object) "object");
      LOG.log(Logger.Level.DEBUG, "not on");
      chatty.log(Logger.Level.DEBUG, "details");
      chatty.log(Logger.Level.TRACE, "{0} {1}", 1, 2);
      chatty.log(Logger.Level.OFF, "never");
    }
    assertThat(sink.logs())
        .extracting(RecordedLog::level, RecordedLog::target, RecordedLog::text)
        .containsExactly(
            tuple(Level.ERROR, "com.acme.Orders", "order 7 failed"),
            tuple(Level.WARN, "com.acme.Orders", "slow {0}"),
            tuple(Level.INFO, "com.acme.Orders", "supplied"),
            tuple(Level.INFO, "com.acme.Orders", "object"),
            tuple(Level.DEBUG, "com.acme.chatty", "details"),
            tuple(Level.TRACE, "com.acme.chatty", "1 2"));
  }

  @Test
  void theExampleOfTheText() {
    try (Telemetry telemetry = telemetry().start()) {
      // example: system_logger
      System.Logger log = System.getLogger("com.acme.Orders");
      log.log(System.Logger.Level.INFO, "order {0} of {1} lines", 7, 3);
      // end
    }
    assertThat(texts()).containsExactly("order 7 of 3 lines");
  }

  @Test
  void loggersOfTheJdkAreOffBelowInfo() {
    MicromegasLoggerFinder finder = new MicromegasLoggerFinder();
    Logger jdk = finder.getLogger("java.lang.Runtime", Object.class.getModule());
    Logger own = finder.getLogger("java.lang.Runtime", getClass().getModule());
    try (Telemetry telemetry = telemetry().recordLevels(LevelFilter.of(Level.TRACE)).start()) {
      assertThat(jdk.isLoggable(Logger.Level.INFO)).isTrue();
      assertThat(jdk.isLoggable(Logger.Level.DEBUG)).isFalse();
      assertThat(own.isLoggable(Logger.Level.TRACE)).isTrue();
    }
  }

  @Test
  void linesArePrintedWithAndWithoutTelemetry() {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      LOG.log(Logger.Level.WARNING, "before");
      LOG.log(Logger.Level.DEBUG, "nowhere");
      try (Telemetry telemetry = telemetry().consoleLevels(LevelFilter.of(Level.INFO)).start()) {
        LOG.log(Logger.Level.INFO, "order {0}", 7);
      }
    } finally {
      System.setOut(before);
    }
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("WARN  [com.acme.Orders] before", "INFO  [com.acme.Orders] order 7")
        .hasLineCount(2);
    assertThat(texts()).containsExactly("before", "nowhere", "order 7");
  }

  @Test
  void textsInOtherLanguages() {
    try (Telemetry telemetry = telemetry().start()) {
      LOG.log(Logger.Level.INFO, new Messages(), "greeting", "monde");
      LOG.log(Logger.Level.INFO, new Messages(), "number", (Object[]) null);
      LOG.log(Logger.Level.INFO, new Messages(), "missing", (Throwable) null);
    }
    assertThat(texts()).containsExactly("bonjour monde", "number", "missing");
  }

  @Test
  void whatCannotBeFormattedIsShownAsItIs() {
    Supplier<String> failing =
        () -> {
          throw new IllegalStateException("broken");
        };
    try (Telemetry telemetry = telemetry().start()) {
      LOG.log(Logger.Level.INFO, null, (Object[]) null);
      LOG.log(Logger.Level.INFO, "{0} {", 1);
      LOG.log(Logger.Level.INFO, failing);
    }
    assertThat(texts())
        .containsExactly(
            "null",
            "{0} { [formatting failed: java.lang.IllegalArgumentException]",
            " [formatting failed: java.lang.IllegalStateException]");
  }

  /// More than the interface asks for, which lets implementations refuse them.
  @Test
  void nullsAreWelcome() {
    NullSweep sweep = new NullSweep().with(Logger.Level.INFO);
    for (boolean runs : new boolean[] {false, true}) {
      try (Telemetry telemetry = runs ? telemetry().start() : null) {
        sweep
            .methodsOf(
                Logger.class,
                new MicromegasLoggerFinder().getLogger("null", getClass().getModule()))
            .methodsOf(System.LoggerFinder.class, new MicromegasLoggerFinder());
        LOG.log(Logger.Level.INFO, "last");
      }
    }
    assertThat(sweep.thrown()).isEmpty();
    assertThat(sweep.calls()).isGreaterThan(20);
    assertThat(texts()).endsWith("last");
  }
}
