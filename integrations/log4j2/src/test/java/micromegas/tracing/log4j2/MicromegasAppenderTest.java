package micromegas.tracing.log4j2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
class MicromegasAppenderTest {
  private final MemorySink sink = new MemorySink();
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

  private static LogEvent event(Message message) {
    return Log4jLogEvent.newBuilder()
        .setLoggerName("com.acme.Orders")
        .setLevel(org.apache.logging.log4j.Level.INFO)
        .setMessage(message)
        .build();
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
  void contextMarkersAndMapsBecomeProperties() {
    Logger log = context.getLogger("com.acme.Orders");
    ThreadContext.put("tenant", "blue");
    ThreadContext.put("request", "not listed");
    try (Telemetry telemetry = telemetry().start()) {
      log.info("plain");
      log.warn(
          MarkerManager.getMarker("AUDIT"),
          new StringMapMessage().with("lines", "3").with("level", "high").with("tenant", "green"));
    } finally {
      ThreadContext.clearAll();
    }
    assertThat(sink.logs().get(0).properties()).isEqualTo(Map.of("tenant", "blue"));
    assertThat(sink.logs().get(1).properties())
        .isEqualTo(Map.of("tenant", "green", "marker", "AUDIT", "lines", "3", "tag.level", "high"));
    assertThat(sink.logs().get(1).text()).contains("lines=\"3\"");
  }

  @Test
  void exceptionsAreShownWithTheirStack() {
    try (Telemetry telemetry = telemetry().start()) {
      context
          .getLogger("com.acme.Orders")
          .error("order {} failed", 7, new IllegalArgumentException("bad", new Error("cause")));
    }
    assertThat(texts().get(0))
        .startsWith("order 7 failed\njava.lang.IllegalArgumentException: bad\n\tat ")
        .contains("\nCaused by: java.lang.Error: cause");
    assertThat(sink.logs().get(0).properties())
        .isEqualTo(Map.of("exception.type", "java.lang.IllegalArgumentException"));
  }

  @Test
  void badLinesHarmNobody() {
    Logger log = context.getLogger("com.acme.Orders");
    Object broken =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException("broken");
          }
        };
    Message unspeakable =
        new SimpleMessage("x") {
          private static final long serialVersionUID = 1L;

          @Override
          public String getFormattedMessage() {
            throw new IllegalStateException("broken");
          }
        };
    try (Telemetry telemetry = telemetry().start()) {
      log.info((String) null);
      log.info("{} {}", null, null);
      log.info("{}", (Object[]) null);
      log.info((String) null, new Exception());
      log.info("before {} after", broken);
      MicromegasAppender appender = context.getConfiguration().getAppender("MICROMEGAS");
      appender.append(event(unspeakable)); // Log4j itself may refuse it
      log.info("x".repeat(10 << 20));
      log.info("last");
    }
    assertThat(texts()).hasSize(8);
    assertThat(texts())
        .contains("null", "null null")
        .anyMatch(text -> text.startsWith("before ") && text.endsWith(" after"))
        .anyMatch(text -> text.endsWith(" [formatting failed: java.lang.IllegalStateException]"))
        .anyMatch(text -> text.length() <= 64 << 10 && text.endsWith(" more characters)"))
        .endsWith("last");
  }

  @Test
  void telemetryMayStartLaterAndAgain() {
    Logger log = context.getLogger("com.acme.Orders");
    log.info("before");
    try (Telemetry telemetry = telemetry().start()) {
      log.info("first");
    }
    log.info("between");
    try (Telemetry telemetry = telemetry().start()) {
      log.info("second");
    }
    log.info("after");
    assertThat(texts()).containsExactly("before", "first", "between", "second");
  }

  @Test
  void detailsWaitForTheEndOfAUnitOfWork() {
    Logger log = context.getLogger("com.acme.chatty");
    try (Telemetry telemetry = telemetry().start()) {
      for (int i = 0; i < 2; i++) {
        try (WorkUnit unit = Sites.here().work(KeepPolicy.failed()).begin()) {
          log.debug("detail {}", i);
          log.info("always {}", i);
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
    Logger log = context.getLogger("com.acme.Sink");
    EventSink talking =
        new EventSink() {
          @Override
          public void block(FinishedBlock block) {
            log.info("a block");
          }
        };
    try (Telemetry telemetry = telemetry().sink(talking).start()) {
      log.info("by the application");
      telemetry.flush(Duration.ofSeconds(5));
      telemetry.flush(Duration.ofSeconds(5));
    }
    assertThat(texts()).containsExactly("by the application");
  }

  @Test
  void appendingMakesNoObjects() {
    MicromegasAppender appender = context.getConfiguration().getAppender("MICROMEGAS");
    MicromegasAppender plain = MicromegasAppender.newBuilder().setName("plain").setMdc("").build();
    assertThat(appender).isNotNull();
    LogEvent event = event(new SimpleMessage("a plain text of a line"));
    ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    try (Telemetry telemetry = telemetry().chunkBytes(64 << 20).start()) {
      for (int round = 0; round < 10; round++) {
        long before = bean.getThreadAllocatedBytes(self);
        for (int i = 0; i < 20_000; i++) {
          plain.append(event);
        }
        least = Math.min(least, bean.getThreadAllocatedBytes(self) - before);
        telemetry.flush(Duration.ofSeconds(5));
        sink.clear();
      }
    }
    assertThat(least).isLessThan(20_000); // less than one byte for an event
  }
}
