package micromegas.tracing.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import micromegas.tracing.IntMetric;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Log;
import micromegas.tracing.Name;
import micromegas.tracing.NamedSpanSite;
import micromegas.tracing.PropertySet;
import micromegas.tracing.Sites;
import micromegas.tracing.SpanScope;
import micromegas.tracing.SpanSite;
import micromegas.tracing.Telemetry;
import micromegas.tracing.testing.RecordedLog;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests that are run by [TelemetryExtensionTest], some of which fail on purpose.
final class Samples {
  private static final Log LOG = Log.of("com.acme.Orders");
  private static final SpanSite PLACE = Sites.of("com.acme.Orders", "", 0).span("place");
  private static final NamedSpanSite STATEMENT = Sites.of("com.acme.Orders", "", 0).namedSpan();
  private static final IntMetric QUEUE =
      Sites.of("com.acme.Orders", "", 0).intMetric("queue", "orders");

  private Samples() {}

  static void place(int order) {
    try (SpanScope place = PLACE.enter();
        SpanScope insert = STATEMENT.enter(Name.of("insert into orders"))) {
      QUEUE.record(order);
      LOG.trace("order {}", order);
    }
  }

  @RecordTelemetry
  static final class Failing {
    @BeforeEach
    void before() {
      LOG.info("set up");
    }

    @AfterEach
    void after() {
      LOG.info("torn down");
    }

    @Test
    void fails() throws InterruptedException {
      place(7);
      place(9);
      LOG.log(micromegas.tracing.Level.WARN, "tagged", PropertySet.of("zone", "eu"));
      Thread thread = new Thread(() -> place(8), "worker-1");
      thread.start();
      thread.join();
      throw new AssertionError("not placed");
    }

    @Test
    void passes(RecordedTelemetry telemetry) {
      place(1);
      assertThat(telemetry.logs())
          .extracting(RecordedLog::text)
          .containsExactly("set up", "order 1");
      assertThat(telemetry.metrics()).anyMatch(metric -> metric.name().equals("queue"));
      assertThat(telemetry.spans()).hasSize(1);
      assertThat(telemetry.report()).contains("Orders::place");
    }

    @Test
    void isAborted() {
      place(2);
      Assumptions.abort("not today");
    }
  }

  @RecordTelemetry
  static final class FailingInSetUp {
    @BeforeEach
    void before() {
      LOG.error("no database");
      throw new IllegalStateException("no database");
    }

    @Test
    void isNotReached() {}
  }

  @RecordTelemetry
  static final class Chatty {
    @Test
    void fails() {
      for (int i = 0; i < 50; i++) {
        place(i);
      }
      throw new AssertionError("chatty");
    }
  }

  @RecordTelemetry
  static final class Silent {
    @Test
    void fails() {
      throw new AssertionError("silent");
    }
  }

  static final class OneMethod {
    @Test
    void isNotRecorded() {
      assertThat(Telemetry.running()).isEmpty();
    }

    @RecordTelemetry
    @ParameterizedTest
    @ValueSource(ints = {3, 4})
    void isRecorded(int order, RecordedTelemetry telemetry) {
      place(order);
      assertThat(telemetry.logs()).extracting(RecordedLog::text).containsExactly("order " + order);
    }
  }

  @RecordTelemetry
  static class Outer {
    @Test
    void outer(RecordedTelemetry telemetry) {
      place(5);
      assertThat(telemetry.logs()).hasSize(1);
    }

    @Nested
    class Inner {
      @Test
      void inner(RecordedTelemetry telemetry) {
        place(6);
        assertThat(telemetry.logs()).hasSize(1);
      }
    }
  }

  /// An application that runs telemetry already.
  @RecordTelemetry
  static final class WithApplication {
    private static Telemetry application;

    @BeforeAll
    static void startApplication() {
      application =
          Telemetry.builder()
              .consoleLevels(LevelFilter.OFF)
              .jvmPeriod(Duration.ZERO)
              .shutdownHook(false)
              .start();
      LOG.info("application has started");
    }

    @AfterAll
    static void stopApplication() {
      application.close();
    }

    @Test
    void isListenedTo(RecordedTelemetry telemetry) {
      LOG.debug("of the application");
      LOG.trace("below its levels");
      assertThat(Telemetry.running()).contains(application);
      assertThat(telemetry.logs())
          .extracting(RecordedLog::text)
          .containsExactly("of the application");
    }

    @Test
    void again(RecordedTelemetry telemetry) {
      LOG.debug("again");
      assertThat(telemetry.logs()).hasSize(1);
    }
  }

  /// An application that starts its own telemetry inside a test.
  @RecordTelemetry
  static final class StartingApplication {
    @Test
    void startsItsOwn() {
      try (Telemetry own =
          Telemetry.builder()
              .property("own", "yes")
              .consoleLevels(LevelFilter.OFF)
              .shutdownHook(false)
              .start()) {
        assertThat(own.process().properties()).containsEntry("own", "yes");
      }
    }

    @Test
    void isRecordedAllTheSame(RecordedTelemetry telemetry) {
      place(6);
      assertThat(telemetry.logs()).hasSize(1);
    }
  }
}
