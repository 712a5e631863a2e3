package micromegas.tracing.slf4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import micromegas.tracing.Level;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Telemetry;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testkit.ContextAdapterContract;
import micromegas.tracing.testkit.NullSweep;
import org.junit.jupiter.api.Test;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.MarkerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/// SLF4J as applications see it.
class Slf4jTest extends ContextAdapterContract {
  private static final Logger LOG = LoggerFactory.getLogger("com.acme.Orders");

  @Override
  protected void log(Level level, String logger, String pattern, Object... arguments) {
    Logger log = LoggerFactory.getLogger(logger);
    switch (level) {
      case FATAL, ERROR -> log.error(pattern, arguments);
      case WARN -> log.warn(pattern, arguments);
      case INFO -> log.info(pattern, arguments);
      case DEBUG -> log.debug(pattern, arguments);
      case TRACE -> log.trace(pattern, arguments);
    }
  }

  @Override
  protected void fail(Level level, String logger, String text, Throwable failure) {
    Logger log = LoggerFactory.getLogger(logger);
    switch (level) {
      case FATAL, ERROR -> log.error(text, failure);
      case WARN -> log.warn(text, failure);
      case INFO -> log.info(text, failure);
      case DEBUG -> log.debug(text, failure);
      case TRACE -> log.trace(text, failure);
    }
  }

  @Override
  protected String logWithoutName(String text) {
    LoggerFactory.getLogger((String) null).info(text);
    return "null";
  }

  @Override
  protected Runnable readyLine() {
    return () -> LOG.info("a plain text of a line");
  }

  @Override
  protected void put(String key, String value) {
    MDC.put(key, value);
  }

  @Override
  protected void clearContext() {
    MDC.clear();
  }

  @Override
  protected void logMarked(String logger, String marker, String text) {
    LoggerFactory.getLogger(logger).info(MarkerFactory.getMarker(marker), text);
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
  void theFluentApiHasPropertiesThatWin() {
    MDC.put("tenant", "blue");
    try (Telemetry telemetry = telemetry().start()) {
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
    }
    assertThat(sink.logs())
        .extracting(RecordedLog::text, RecordedLog::properties)
        .containsExactly(
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
  void aLastArgumentMayBeTheFailure() {
    Exception failure = new IllegalArgumentException("bad");
    try (Telemetry telemetry = telemetry().start()) {
      LOG.error("order {} failed", 7, failure);
      LOG.atError().setCause(failure).log("fluent");
      LOG.atError().log("fluent {}", 7, failure);
    }
    assertThat(texts())
        .zipSatisfy(
            List.of("order 7 failed", "fluent", "fluent 7"),
            (text, begin) ->
                assertThat(text)
                    .startsWith(begin + "\njava.lang.IllegalArgumentException: bad\n\tat "));
    assertThat(sink.logs())
        .extracting(RecordedLog::properties)
        .containsOnly(Map.of("exception.type", "java.lang.IllegalArgumentException"));
  }

  @Test
  void theFluentApiTakesAnything() {
    Supplier<Object> failing =
        () -> {
          throw new IllegalStateException("broken");
        };
    Object[] endless = new Object[1];
    endless[0] = endless;
    try (Telemetry telemetry = telemetry().start()) {
      LOG.info("{}", (Object[]) null);
      LOG.info("{} {}", "endless", endless);
      LOG.atInfo().addKeyValue(null, endless).addArgument(failing).log("{}");
      LOG.atInfo().log((Supplier<String>) null);
    }
    assertThat(texts())
        .containsExactly(
            "{}", "endless [[...]]", "[supplier failed: java.lang.IllegalStateException]", "null");
    assertThat(sink.logs().get(2).properties()).containsOnlyKeys("null");
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
  void nullsAreWelcome() {
    NullSweep sweep = new NullSweep();
    for (boolean runs : new boolean[] {false, true}) {
      try (Telemetry telemetry = runs ? telemetry().start() : null) {
        sweep
            .methodsOf(Logger.class, LOG)
            .methodsOf(LoggingEventBuilder.class, LOG.atInfo())
            .methodsOf(ILoggerFactory.class, LoggerFactory.getILoggerFactory());
        LOG.info("last");
      }
    }
    assertThat(sweep.thrown()).isEmpty();
    assertThat(sweep.calls()).isGreaterThan(100);
    assertThat(texts()).endsWith("last");
  }
}
