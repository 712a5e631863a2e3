package micromegas.tracing.systemlogger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.System.Logger;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.ListResourceBundle;
import java.util.Map;
import java.util.function.Supplier;
import micromegas.tracing.Level;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Telemetry;
import micromegas.tracing.TelemetryBuilder;
import micromegas.tracing.spi.EventSink;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedLog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// System loggers as applications and the JDK see them.
class SystemLoggerTest {
  private static final Logger LOG = System.getLogger("com.acme.Orders");

  private final MemorySink sink = new MemorySink();

  /// What was said before is not of the test.
  @BeforeEach
  void forget() {
    telemetry().start().close();
    sink.clear();
  }

  private TelemetryBuilder telemetry() {
    return Telemetry.builder()
        .sink(sink)
        .consoleLevels(LevelFilter.OFF)
        .jvmPeriod(Duration.ZERO)
        .shutdownHook(false);
  }

  private List<String> texts() {
    return sink.logs().stream().map(RecordedLog::text).toList();
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
  void exceptionsAndOtherLanguages() {
    try (Telemetry telemetry = telemetry().start()) {
      LOG.log(Logger.Level.INFO, new Messages(), "greeting", "monde");
      LOG.log(Logger.Level.INFO, new Messages(), "number", (Object[]) null);
      LOG.log(Logger.Level.INFO, new Messages(), "missing", (Throwable) null);
      LOG.log(Logger.Level.ERROR, "failed", new IllegalArgumentException("bad"));
    }
    assertThat(texts()).startsWith("bonjour monde", "number", "missing");
    assertThat(texts().get(3)).startsWith("failed\njava.lang.IllegalArgumentException: bad\n\tat ");
    assertThat(sink.logs().get(3).properties())
        .isEqualTo(Map.of("exception.type", "java.lang.IllegalArgumentException"));
  }

  @Test
  void badLinesHarmNobody() {
    Object broken =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException("broken");
          }
        };
    Supplier<String> failing =
        () -> {
          throw new IllegalStateException("broken");
        };
    try (Telemetry telemetry = telemetry().start()) {
      LOG.log(Logger.Level.INFO, (String) null);
      LOG.log(Logger.Level.INFO, null, (Object[]) null);
      LOG.log(Logger.Level.INFO, "{0} {", 1);
      LOG.log(Logger.Level.INFO, "before {0} after", broken);
      LOG.log(Logger.Level.INFO, failing);
      LOG.log(Logger.Level.INFO, "x".repeat(10 << 20));
      LOG.log(Logger.Level.INFO, "last");
    }
    assertThat(texts())
        .contains(
            "null",
            "{0} { [formatting failed: java.lang.IllegalArgumentException]",
            "before {0} after [formatting failed: java.lang.IllegalStateException]",
            " [formatting failed: java.lang.IllegalStateException]")
        .anyMatch(text -> text.length() <= 64 << 10 && text.endsWith(" more characters)"))
        .endsWith("last");
  }

  @Test
  void whatTheLibraryDoesItselfDoesNotFeedIt() {
    EventSink talking =
        new EventSink() {
          @Override
          public void block(FinishedBlock block) {
            LOG.log(Logger.Level.INFO, "a block");
          }
        };
    try (Telemetry telemetry = telemetry().sink(talking).start()) {
      LOG.log(Logger.Level.INFO, "by the application");
      telemetry.flush(Duration.ofSeconds(5));
      telemetry.flush(Duration.ofSeconds(5));
    }
    assertThat(texts()).containsExactly("by the application");
  }

  @Test
  void aReadyTextMakesNoObjects() {
    Logger logger =
        new MicromegasLoggerFinder().getLogger("com.acme.Orders", getClass().getModule());
    ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    try (Telemetry telemetry = telemetry().chunkBytes(64 << 20).start()) {
      for (int round = 0; round < 10; round++) {
        long before = bean.getThreadAllocatedBytes(self);
        for (int i = 0; i < 20_000; i++) {
          logger.log(Logger.Level.INFO, null, "a plain text of a line", (Throwable) null);
        }
        least = Math.min(least, bean.getThreadAllocatedBytes(self) - before);
        telemetry.flush(Duration.ofSeconds(5));
        sink.clear();
      }
    }
    assertThat(least).isLessThan(20_000); // less than one byte for a line
  }
}
