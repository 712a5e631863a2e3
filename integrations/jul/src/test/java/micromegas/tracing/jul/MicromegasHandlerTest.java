package micromegas.tracing.jul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.ListResourceBundle;
import java.util.Map;
import java.util.logging.Formatter;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import micromegas.tracing.KeepPolicy;
import micromegas.tracing.Level;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Sites;
import micromegas.tracing.Telemetry;
import micromegas.tracing.TelemetryBuilder;
import micromegas.tracing.WorkUnit;
import micromegas.tracing.spi.EventSink;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The log manager with a configuration from a file, and what becomes of its lines.
class MicromegasHandlerTest {
  // Kept, since the log manager holds loggers weakly.
  private static final Logger ORDERS = Logger.getLogger("com.acme.Orders");
  private static final Logger CHATTY = Logger.getLogger("com.acme.chatty");
  private static final Logger QUIET = Logger.getLogger("com.acme.quiet");

  private final MemorySink sink = new MemorySink();

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
  void exceptionsAndOtherLanguages() {
    try (Telemetry telemetry = telemetry().start()) {
      ORDERS.logrb(java.util.logging.Level.INFO, new Messages(), "greeting", (Object) "monde");
      ORDERS.log(
          java.util.logging.Level.SEVERE,
          "failed",
          new IllegalArgumentException("bad", new Error("cause")));
    }
    assertThat(texts().get(0)).isEqualTo("bonjour monde");
    assertThat(texts().get(1))
        .startsWith("failed\njava.lang.IllegalArgumentException: bad\n\tat ")
        .contains("\nCaused by: java.lang.Error: cause");
    assertThat(sink.logs().get(1).properties())
        .isEqualTo(Map.of("exception.type", "java.lang.IllegalArgumentException"));
  }

  @Test
  void badLinesHarmNobody() {
    Object broken =
        new Object() {
          @Override
          public String toString() {
            throw new StackOverflowError();
          }
        };
    Object talkative =
        new Object() {
          @Override
          public String toString() {
            ORDERS.log(java.util.logging.Level.INFO, "talk {0}", this);
            return "talk";
          }
        };
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
      ORDERS.info((String) null);
      ORDERS.log(java.util.logging.Level.INFO, null, (Throwable) null);
      ORDERS.log(java.util.logging.Level.INFO, "{0} {1}", new Object[] {null});
      ORDERS.log(java.util.logging.Level.INFO, "{0} {", new Object[] {1});
      ORDERS.log(java.util.logging.Level.INFO, "before {0} after", broken);
      ORDERS.info("x".repeat(10 << 20));
      ORDERS.log(java.util.logging.Level.INFO, "nested {0}", talkative);
      own.publish(null);
      own.publish(new LogRecord(java.util.logging.Level.INFO, "own formatter"));
      ORDERS.info("last");
    }
    assertThat(texts())
        .contains(
            "null",
            "null {1}",
            "{0} {",
            "before {0} after [formatting failed: java.lang.StackOverflowError]",
            "own formatter [formatting failed: java.lang.IllegalStateException]",
            "nested talk")
        .anyMatch(text -> text.length() <= 64 << 10 && text.endsWith(" more characters)"))
        .endsWith("last");
  }

  @Test
  void telemetryMayStartLaterAndAgain() {
    ORDERS.info("before");
    try (Telemetry telemetry = telemetry().start()) {
      ORDERS.info("first");
    }
    ORDERS.info("between");
    try (Telemetry telemetry = telemetry().start()) {
      ORDERS.info("second");
    }
    ORDERS.info("after");
    assertThat(texts()).containsExactly("before", "first", "between", "second");
  }

  @Test
  void detailsWaitForTheEndOfAUnitOfWork() {
    try (Telemetry telemetry = telemetry().start()) {
      for (int i = 0; i < 2; i++) {
        try (WorkUnit unit = Sites.here().work(KeepPolicy.failed()).begin()) {
          CHATTY.fine("detail " + i);
          CHATTY.info("always " + i);
          if (i == 1) {
            unit.fail();
          }
        }
      }
    }
    assertThat(texts()).containsExactlyInAnyOrder("always 0", "detail 1", "always 1");
  }

  @Test
  void whatTheLibraryDoesItselfDoesNotFeedIt() {
    EventSink talking =
        new EventSink() {
          @Override
          public void block(FinishedBlock block) {
            ORDERS.info("a block");
          }
        };
    try (Telemetry telemetry = telemetry().sink(talking).start()) {
      ORDERS.info("by the application");
      telemetry.flush(Duration.ofSeconds(5));
      telemetry.flush(Duration.ofSeconds(5));
    }
    assertThat(texts()).containsExactly("by the application");
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
  void publishingMakesNoObjects() {
    MicromegasHandler handler = new MicromegasHandler();
    LogRecord record = new LogRecord(java.util.logging.Level.INFO, "a plain text of a line");
    record.setLoggerName("com.acme.Orders");
    ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    try (Telemetry telemetry = telemetry().chunkBytes(64 << 20).start()) {
      for (int round = 0; round < 10; round++) {
        long before = bean.getThreadAllocatedBytes(self);
        for (int i = 0; i < 20_000; i++) {
          handler.publish(record);
        }
        least = Math.min(least, bean.getThreadAllocatedBytes(self) - before);
        telemetry.flush(Duration.ofSeconds(5));
        sink.clear();
      }
    }
    assertThat(least).isLessThan(20_000); // less than one byte for a record
  }
}
