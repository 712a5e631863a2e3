package micromegas.tracing.spring;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Telemetry;
import micromegas.tracing.TelemetryBuilder;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.core.env.Environment;

/// The telemetry of an application context: started with it and closed with it. When one runs
/// already, which the program or another context has started, that one is used and left alone; one
/// that an agent has started gives way to this.
public final class TelemetrySession implements DisposableBean {
  private final Telemetry telemetry;
  private final boolean isOwn;
  private final List<Runnable> beforeClose = new CopyOnWriteArrayList<>();

  /// Starts.
  ///
  /// @throws IllegalArgumentException for a setting that cannot be understood; says which
  TelemetrySession(
      MicromegasProperties settings, Environment environment, List<TelemetryCustomizer> more) {
    TelemetryBuilder builder = Telemetry.builder();
    apply(settings, builder);
    describe(environment, builder);
    settings.processProperties().forEach(builder::property);
    more.forEach(customizer -> customizer.customize(builder));
    Telemetry before = Telemetry.running().orElse(null);
    telemetry = start(builder);
    isOwn = telemetry != before;
  }

  private static Telemetry start(TelemetryBuilder builder) {
    try {
      return builder.start();
    } catch (IllegalStateException e) {
      return Telemetry.running().orElseThrow(() -> e);
    }
  }

  private static void apply(MicromegasProperties settings, TelemetryBuilder builder) {
    builder.spans(settings.spans()).consoleLevels(LevelFilter.parse(settings.consoleLevels()));
    if (settings.url() != null) {
      builder.server(settings.url());
    }
    if (settings.apiKey() != null) {
      builder.apiKey(settings.apiKey());
    }
    if (settings.levels() != null) {
      builder.recordLevels(LevelFilter.parse(settings.levels()));
    }
    if (settings.sampler() != null) {
      builder.sampler(settings.sampler());
    }
    if (settings.flushPeriod() != null) {
      builder.flushPeriod(settings.flushPeriod());
    }
    if (settings.jvmPeriod() != null) {
      builder.jvmPeriod(settings.jvmPeriod());
    }
    if (settings.shutdownTimeout() != null) {
      builder.shutdownTimeout(settings.shutdownTimeout());
    }
  }

  private static void describe(Environment environment, TelemetryBuilder builder) {
    String name = environment.getProperty("spring.application.name", "");
    if (!name.isBlank()) {
      builder.property("spring.application.name", name);
    }
    String profiles = String.join(",", environment.getActiveProfiles());
    if (!profiles.isEmpty()) {
      builder.property("spring.profiles.active", profiles);
    }
    // Spring closes contexts when the JVM exits, and lines that are logged meanwhile count.
    builder.shutdownHook(
        !environment.getProperty("spring.main.register-shutdown-hook", Boolean.class, true));
  }

  /// The telemetry that this context uses.
  public Telemetry telemetry() {
    return telemetry;
  }

  /// Has something done at the end, just before telemetry is closed.
  void beforeClose(Runnable action) {
    beforeClose.add(action);
  }

  /// Sends what was recorded and ends telemetry, if this context has started it.
  @Override
  public void destroy() {
    beforeClose.forEach(Runnable::run);
    if (isOwn) {
      telemetry.close();
    }
  }
}
