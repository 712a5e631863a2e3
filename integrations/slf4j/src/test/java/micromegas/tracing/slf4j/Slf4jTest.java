package micromegas.tracing.slf4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import micromegas.tracing.Level;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Telemetry;
import micromegas.tracing.TelemetryBuilder;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedLog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.MarkerFactory;

/// SLF4J as applications see it.
class Slf4jTest {
  private static final Logger LOG = LoggerFactory.getLogger("com.acme.Orders");

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

  /// What a task prints on standard output.
  private static String printed(Runnable task) {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      task.run();
    } finally {
      System.setOut(before);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theLevelsAreThoseOfTelemetry() {
    assertThat(LoggerFactory.getILoggerFactory()).isInstanceOf(LoggerTable.class);
    assertThat(LoggerFactory.getLogger("com.acme.Orders")).isSameAs(LOG);
    Logger chatty = LoggerFactory.getLogger("com.acme.chatty");
    try (Telemetry telemetry =
        telemetry().recordLevels(LevelFilter.parse("info,com.acme.chatty=trace")).start()) {
      assertThat(LOG.isDebugEnabled()).isFalse();
      assertThat(LOG.isInfoEnabled()).isTrue();
      LOG.error("order {} failed", 7);
      LOG.warn("slow");
      LOG.info("order {} of {} lines", 8, 3);
      LOG.debug("not on");
      chatty.debug("details");
      chatty.trace("{} {} {}", 1, 2, 3);
      telemetry.recordLevels(LevelFilter.OFF);
      assertThat(LOG.isErrorEnabled()).isFalse();
      LOG.error("not on any more");
    }
    assertThat(sink.logs())
        .extracting(RecordedLog::level, RecordedLog::target, RecordedLog::text)
        .containsExactly(
            tuple(Level.ERROR, "com.acme.Orders", "order 7 failed"),
            tuple(Level.WARN, "com.acme.Orders", "slow"),
            tuple(Level.INFO, "com.acme.Orders", "order 8 of 3 lines"),
            tuple(Level.DEBUG, "com.acme.chatty", "details"),
            tuple(Level.TRACE, "com.acme.chatty", "1 2 3"));
    assertThat(sink.logs()).allMatch(log -> log.properties().isEmpty());
  }

  @Test
  void theExampleOfTheText() {
    try (Telemetry telemetry = telemetry().start()) {
      // example: slf4j
      Logger log = LoggerFactory.getLogger("com.acme.Orders");
      log.info("order {} of {} lines", 7, 3);
      log.atWarn().addKeyValue("zone", "eu").log("order {} is late", 8);
      // end
    }
    assertThat(sink.logs())
        .extracting(RecordedLog::text, RecordedLog::properties)
        .containsExactly(
            tuple("order 7 of 3 lines", Map.of()), tuple("order 8 is late", Map.of("zone", "eu")));
  }

  @Test
  void linesArePrintedToo() {
    String out =
        printed(() -> {
          try (Telemetry telemetry =
              telemetry().consoleLevels(LevelFilter.of(Level.INFO)).start()) {
            LOG.info("order {}", 7);
            LOG.debug("recorded only");
          }
        });
    assertThat(out).containsOnlyOnce("INFO  [com.acme.Orders] order 7").hasLineCount(1);
    assertThat(texts()).containsExactly("order 7", "recorded only");
  }

  @Test
  void withoutTelemetryLinesAreStillPrinted() {
    String out =
        printed(() -> {
          LOG.debug("nowhere");
          LOG.warn("no {}", "settings", new IllegalStateException("missing"));
        });
    assertThat(out)
        .contains("WARN  [com.acme.Orders] no settings")
        .contains("java.lang.IllegalStateException: missing")
        .doesNotContain("nowhere");
    assertThat(LOG.isTraceEnabled()).isFalse();
    assertThat(LOG.isDebugEnabled()).isTrue(); // for the telemetry that starts
  }

  @Test
  void contextMarkersAndKeyValuesBecomeProperties() {
    MDC.put("tenant", "blue");
    MDC.put("request", "not listed");
    try (Telemetry telemetry = telemetry().start()) {
      LOG.info("plain");
      LOG.info(MarkerFactory.getMarker("AUDIT"), "marked {}", 1);
      LOG.atWarn()
          .addMarker(MarkerFactory.getMarker("AUDIT"))
          .addMarker(MarkerFactory.getMarker("SLOW"))
          .addKeyValue("lines", 3)
          .addKeyValue("level", () -> "high")
          .addKeyValue("tenant", "green")
          .addArgument(7)
          .addArgument(() -> 8)
          .log("key-values of {} and {}");
    } finally {
      MDC.clear();
    }
    assertThat(sink.logs())
        .extracting(RecordedLog::text, RecordedLog::properties)
        .containsExactly(
            tuple("plain", Map.of("tenant", "blue")),
            tuple("marked 1", Map.of("tenant", "blue", "marker", "AUDIT")),
            tuple(
                "key-values of 7 and 8",
                Map.of(
                    "tenant", "green",
                    "marker", "AUDIT,SLOW",
                    "lines", "3",
                    "tag.level", "high")));
  }

  @Test
  void exceptionsAreShownWithTheirStack() {
    Exception failure = new IllegalArgumentException("bad", new Error("cause"));
    try (Telemetry telemetry = telemetry().start()) {
      LOG.error("order {} failed", 7, failure);
      LOG.error("failed", failure);
      LOG.atError().setCause(failure).log("fluent");
      LOG.atError().log("fluent {}", 7, failure);
    }
    assertThat(texts())
        .zipSatisfy(
            List.of("order 7 failed", "failed", "fluent", "fluent 7"),
            (text, begin) ->
                assertThat(text)
                    .startsWith(begin + "\njava.lang.IllegalArgumentException: bad\n\tat ")
                    .contains("\nCaused by: java.lang.Error: cause"));
    assertThat(sink.logs())
        .extracting(RecordedLog::properties)
        .containsOnly(Map.of("exception.type", "java.lang.IllegalArgumentException"));
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
    Object talkative =
        new Object() {
          @Override
          public String toString() {
            LOG.info("talk {}", this);
            return "talk";
          }
        };
    Supplier<Object> failing =
        () -> {
          throw new IllegalStateException("broken");
        };
    Object[] endless = new Object[1];
    endless[0] = endless;
    try (Telemetry telemetry = telemetry().start()) {
      LOG.info(null);
      LOG.info("{} {}", null, null);
      LOG.info("{}", (Object[]) null);
      LOG.info(null, new Exception());
      LOG.info("before {} after", broken);
      LOG.info("{} {}", "endless", endless);
      LOG.atInfo().addKeyValue(null, broken).addArgument(failing).log("{}");
      LOG.atInfo().log((Supplier<String>) null);
      LOG.info("x".repeat(10 << 20));
      LOG.info("nested {}", talkative);
      LOG.info("last");
    }
    assertThat(texts())
        .contains(
            "null",
            "null null",
            "endless [[...]]",
            "[supplier failed: java.lang.IllegalStateException]",
            "nested talk")
        .anyMatch(text -> text.startsWith("before ") && text.endsWith(" after"))
        .anyMatch(text -> text.length() <= 64 << 10 && text.endsWith(" more characters)"))
        .endsWith("last");
    assertThat(sink.logs().get(6).properties())
        .isEqualTo(Map.of("null", "[toString() failed: java.lang.IllegalStateException]"));
  }

  @Test
  void loggersCanBeSerialized() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(LOG);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isSameAs(LOG);
    }
  }

  @Test
  void aReadyTextMakesNoObjects() {
    ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    try (Telemetry telemetry = telemetry().chunkBytes(64 << 20).start()) {
      for (int round = 0; round < 10; round++) {
        long before = bean.getThreadAllocatedBytes(self);
        for (int i = 0; i < 20_000; i++) {
          LOG.info("a plain text of a line");
          LOG.trace("off {} {}", this, sink);
        }
        least = Math.min(least, bean.getThreadAllocatedBytes(self) - before);
        telemetry.flush(Duration.ofSeconds(5));
        sink.clear();
      }
    }
    assertThat(least).isLessThan(20_000); // less than one byte for a line
  }
}
