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
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import micromegas.tracing.KeepPolicy;
import micromegas.tracing.Level;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Sites;
import micromegas.tracing.Telemetry;
import micromegas.tracing.TelemetryBuilder;
import micromegas.tracing.WorkUnit;
import micromegas.tracing.adapter.Nesting;
import micromegas.tracing.spi.EventSink;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MarkerFactory;

/// A Logback that reads its configuration from a file, and what becomes of its lines.
class MicromegasAppenderTest {
  private final MemorySink sink = new MemorySink();
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
  void contextMarkersAndKeyValuesBecomeProperties() {
    Logger log = context.getLogger("com.acme.Orders");
    mdc.put("tenant", "blue");
    mdc.put("request", "not listed");
    try (Telemetry telemetry = telemetry().start()) {
      log.info("plain");
      log.atWarn()
          .addMarker(MarkerFactory.getMarker("AUDIT"))
          .addMarker(MarkerFactory.getMarker("SLOW"))
          .addKeyValue("lines", 3)
          .addKeyValue("level", "high")
          .addKeyValue("tenant", "green")
          .addKeyValue("none", (Object) null)
          .log("key-values of {}", 7);
    } finally {
      mdc.clear();
    }
    assertThat(sink.logs().get(0).properties()).isEqualTo(Map.of("tenant", "blue"));
    assertThat(sink.logs().get(1).properties())
        .isEqualTo(
            Map.of(
                "tenant", "green",
                "marker", "AUDIT,SLOW",
                "lines", "3",
                "tag.level", "high",
                "none", "null"));
    assertThat(sink.logs().get(1).text()).isEqualTo("key-values of 7");
  }

  @Test
  void exceptionsAreShownWithTheirStack() {
    Logger log = context.getLogger("com.acme.Orders");
    LoggingEvent event =
        new LoggingEvent(
            "f",
            log,
            ch.qos.logback.classic.Level.ERROR,
            "from afar",
            new IllegalStateException("there"),
            null);
    event.setMDCPropertyMap(Map.of());
    try (Telemetry telemetry = telemetry().start()) {
      log.error("order {} failed", 7, new IllegalArgumentException("bad", new Error("cause")));
      log.callAppenders(LoggingEventVO.build(event));
    }
    RecordedLog near = sink.logs().get(0);
    assertThat(near.text())
        .startsWith("order 7 failed\njava.lang.IllegalArgumentException: bad\n\tat ")
        .contains("\nCaused by: java.lang.Error: cause");
    assertThat(near.properties())
        .isEqualTo(Map.of("exception.type", "java.lang.IllegalArgumentException"));
    RecordedLog far = sink.logs().get(1);
    assertThat(far.text())
        .startsWith("from afar\njava.lang.IllegalStateException: there")
        .contains("exceptionsAreShownWithTheirStack");
    assertThat(far.properties())
        .isEqualTo(Map.of("exception.type", "java.lang.IllegalStateException"));
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
    Object talkative =
        new Object() {
          @Override
          public String toString() {
            log.info("nested {}", this);
            return "talk";
          }
        };
    Exception speechless =
        new Exception() {
          private static final long serialVersionUID = 1L;

          @Override
          public String getMessage() {
            return null;
          }

          @Override
          public String toString() {
            return null;
          }
        };
    try (Telemetry telemetry = telemetry().start()) {
      log.info(null);
      log.info("{} {}", null, null);
      log.info("{}", (Object[]) null);
      log.info(null, speechless);
      log.info("before {} after", broken);
      log.atInfo().addKeyValue(null, broken).log("key");
      log.info("x".repeat(10 << 20));
      log.info("nested {}", talkative);
      log.info("last");
    }
    assertThat(texts()).hasSize(9 + Nesting.MAX_DEPTH - 1);
    assertThat(texts().get(0)).isEqualTo("null");
    assertThat(texts().get(1)).isEqualTo("null null");
    assertThat(texts().get(4)).startsWith("before ").endsWith(" after");
    assertThat(sink.logs().get(5).properties())
        .isEqualTo(Map.of("null", "[toString() failed: java.lang.IllegalStateException]"));
    assertThat(texts().get(6)).hasSizeLessThanOrEqualTo(64 << 10).endsWith(" more characters)");
    assertThat(texts()).endsWith("nested talk", "last");
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

  /// A sink that logs about each block with the library whose lines it gets.
  @Test
  void whatTheLibraryDoesItselfDoesNotFeedIt() {
    Logger log = context.getLogger("com.acme.Sink");
    AtomicInteger blocks = new AtomicInteger();
    EventSink talking =
        new EventSink() {
          @Override
          public void block(FinishedBlock block) {
            log.info("a block");
            if (blocks.incrementAndGet() == 1) {
              log.warn("a first block");
            }
          }
        };
    try (Telemetry telemetry = telemetry().sink(talking).start()) {
      log.info("by the application");
      for (int i = 0; i < 5; i++) {
        telemetry.flush(Duration.ofSeconds(5));
      }
    }
    assertThat(blocks).hasPositiveValue();
    assertThat(texts()).containsExactly("by the application", "a first block");
  }

  @Test
  void appendingMakesNoObjects() {
    MicromegasAppender appender =
        (MicromegasAppender) context.getLogger("ROOT").getAppender("MICROMEGAS");
    Logger log = context.getLogger("com.acme.Orders");
    LoggingEvent event =
        new LoggingEvent(
            "f", log, ch.qos.logback.classic.Level.INFO, "a plain text of a line", null, null);
    event.setMDCPropertyMap(Map.of());
    ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    try (Telemetry telemetry = telemetry().chunkBytes(64 << 20).start()) {
      for (int round = 0; round < 10; round++) {
        long before = bean.getThreadAllocatedBytes(self);
        for (int i = 0; i < 20_000; i++) {
          appender.doAppend(event);
        }
        least = Math.min(least, bean.getThreadAllocatedBytes(self) - before);
        telemetry.flush(Duration.ofSeconds(5));
        sink.clear();
      }
    }
    assertThat(least).isLessThan(20_000); // less than one byte for an event
  }
}
