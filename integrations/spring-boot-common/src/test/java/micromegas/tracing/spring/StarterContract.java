package micromegas.tracing.spring;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.StreamSupport;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Telemetry;
import micromegas.tracing.logback.MicromegasAppender;
import micromegas.tracing.micrometer.MicromegasMeterRegistry;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.task.TaskDecorator;

/// What the configurations of a starter do in an application context without a server. Each starter
/// extends this, with its Spring Boot on the class path.
abstract class StarterContract {
  final MemorySink sink = new MemorySink();

  final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(ours()))
          .withBean(TelemetryCustomizer.class, () -> builder -> builder.sink(sink))
          .withPropertyValues("micromegas.jvm-period=0s");

  private static Class<?>[] ours() {
    ClassLoader loader = StarterContract.class.getClassLoader();
    return StreamSupport.stream(
            ImportCandidates.load(AutoConfiguration.class, loader).spliterator(), false)
        .filter(name -> name.startsWith("micromegas."))
        .map(StarterContract::load)
        .toArray(Class<?>[]::new);
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void nothingIsLeft() {
    Telemetry.running().ifPresent(Telemetry::close);
    assertThat(appenders()).isEmpty();
  }

  private static List<Appender<ILoggingEvent>> appenders() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    List<Appender<ILoggingEvent>> ours = new ArrayList<>();
    Iterator<Appender<ILoggingEvent>> all =
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).iteratorForAppenders();
    all.forEachRemaining(appender -> {
      if (appender instanceof MicromegasAppender) {
        ours.add(appender);
      }
    });
    return ours;
  }

  @Test
  void telemetryLivesAsLongAsTheContext() {
    runner
        .withPropertyValues(
            "spring.application.name=orders",
            "spring.profiles.active=test,eu",
            "micromegas.process-properties.zone=eu-1",
            "micromegas.url=http://127.0.0.1:1",
            "micromegas.api-key=secret",
            "micromegas.shutdown-timeout=10ms",
            "micromegas.flush-period=5s",
            "micromegas.levels=warn")
        .run(context -> {
          Telemetry telemetry = context.getBean(Telemetry.class);
          assertThat(Telemetry.running()).contains(telemetry);
          assertThat(telemetry.process().properties())
              .containsEntry("spring.application.name", "orders")
              .containsEntry("spring.profiles.active", "test,eu")
              .containsEntry("zone", "eu-1");
          assertThat(context).hasSingleBean(MicromegasMeterRegistry.class);
          assertThat(context).hasSingleBean(TaskDecorator.class);
        });
    assertThat(Telemetry.running()).isEmpty();
  }

  @Test
  void samplersAreSettings() {
    runner
        .withPropertyValues("micromegas.sampler=errors(30s,5s)|ondemand(1m)")
        .run(context ->
            assertThat(context.getBean(Telemetry.class).keepLast(Duration.ofSeconds(1))).isTrue());
    runner
        .withPropertyValues("micromegas.sampler=sometimes")
        .run(context -> assertThat(context).getFailure().hasStackTraceContaining("no sampler"));
  }

  @Test
  void logLinesAreRecordedAlsoAfterLogbackWasConfiguredAnew() {
    runner
        .withPropertyValues("micromegas.logback.mdc=tenant")
        .run(context -> {
          Logger logger = (Logger) LoggerFactory.getLogger("com.acme.Orders");
          org.slf4j.MDC.put("tenant", "t1");
          logger.info("one {}", 1);
          org.slf4j.MDC.clear();
          ch.qos.logback.classic.Level level =
              logger.getLoggerContext().getLogger("ROOT").getLevel();
          logger.getLoggerContext().reset();
          logger.getLoggerContext().getLogger("ROOT").setLevel(level);
          logger.warn("two");
          context.getBean(Telemetry.class).flush(Duration.ofSeconds(5));
          assertThat(sink.logs())
              .filteredOn(log -> log.target().equals("com.acme.Orders"))
              .extracting(RecordedLog::text)
              .containsExactly("one 1", "two");
          assertThat(sink.logs())
              .filteredOn(log -> log.text().equals("one 1"))
              .allSatisfy(log -> assertThat(log.properties()).containsEntry("tenant", "t1"));
        });
  }

  @Test
  void everythingCanBeSwitchedOff() {
    runner
        .withPropertyValues("micromegas.enabled=false")
        .run(context -> {
          assertThat(context).hasNotFailed().doesNotHaveBean(Telemetry.class);
          assertThat(context).doesNotHaveBean(TaskDecorator.class);
          assertThat(Telemetry.running()).isEmpty();
        });
    runner
        .withPropertyValues(
            "micromegas.logback.enabled=false",
            "micromegas.metrics.enabled=false",
            "micromegas.executors.enabled=false",
            "micromegas.observations.enabled=false",
            "micromegas.requests.enabled=false")
        .run(context -> {
          assertThat(context).hasSingleBean(Telemetry.class);
          assertThat(context).doesNotHaveBean(MicromegasMeterRegistry.class);
          assertThat(context).doesNotHaveBean(TaskDecorator.class);
          assertThat(context).doesNotHaveBean(ObservationSpans.class);
          assertThat(context).doesNotHaveBean(RequestSpans.class);
          assertThat(appenders()).isEmpty();
        });
  }

  /// Needs nothing of telemetry, and is made before it.
  record Goodbye() implements DisposableBean {
    @Override
    public void destroy() {
      LoggerFactory.getLogger("com.acme.Orders").info("goodbye");
    }
  }

  @Test
  void whatBeansSayAtTheirEndIsRecorded() {
    runner.withBean(Goodbye.class).run(context -> assertThat(context).hasNotFailed());
    assertThat(sink.logs()).extracting(RecordedLog::text).contains("goodbye");
  }

  @Test
  void settingsAreDescribedForEditors() throws IOException {
    try (InputStream metadata =
        MicromegasProperties.class.getResourceAsStream(
            "/META-INF/spring-configuration-metadata.json")) {
      assertThat(new String(metadata.readAllBytes(), StandardCharsets.UTF_8))
          .contains("micromegas.requests.slower-than")
          .contains("details of requests that took longer are kept");
    }
  }

  @Test
  void aSettingThatMakesNoSenseFailsTheStart() {
    runner
        .withPropertyValues("micromegas.url=orders.example")
        .run(context -> {
          assertThat(context).hasFailed();
          assertThat(context.getStartupFailure())
              .rootCause()
              .hasMessageContaining("orders.example");
        });
    assertThat(Telemetry.running()).isEmpty();
  }

  @Test
  void telemetryOfTheProgramIsUsedAndLeftAlone() {
    try (Telemetry own =
        Telemetry.builder().consoleLevels(LevelFilter.OFF).shutdownHook(false).start()) {
      runner.run(context -> assertThat(context.getBean(Telemetry.class)).isSameAs(own));
      assertThat(Telemetry.running()).contains(own);
    }
  }

  @Test
  void aSecondContextAndARestartRecordEachLineOnce() {
    runner.run(first -> {
      runner.run(second -> assertThat(appenders()).hasSize(1));
      LoggerFactory.getLogger("com.acme.Orders").info("once");
      first.getBean(Telemetry.class).flush(Duration.ofSeconds(5));
    });
    runner.run(restarted -> {
      LoggerFactory.getLogger("com.acme.Orders").info("again");
      restarted.getBean(Telemetry.class).flush(Duration.ofSeconds(5));
    });
    assertThat(sink.logs())
        .filteredOn(log -> log.target().equals("com.acme.Orders"))
        .extracting(RecordedLog::text)
        .containsExactly("once", "again");
  }

  @Test
  void anApplicationsOwnDecoratorStays() {
    List<String> order = new ArrayList<>();
    runner
        .withBean(
            TaskDecorator.class,
            () ->
                task ->
                    () -> {
                      order.add("own");
                      task.run();
                    })
        .run(context -> {
          assertThat(context).hasSingleBean(TaskDecorator.class);
          context.getBean(TaskDecorator.class).decorate(() -> order.add("task")).run();
          assertThat(context.getBean(TaskDecorator.class)).isInstanceOf(ContextTaskDecorator.class);
        });
    assertThat(order).containsExactly("own", "task");
  }
}
