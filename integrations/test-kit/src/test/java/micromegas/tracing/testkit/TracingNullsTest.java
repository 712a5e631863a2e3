package micromegas.tracing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import micromegas.tracing.AsyncSpan;
import micromegas.tracing.BoundedNames;
import micromegas.tracing.ConsoleSink;
import micromegas.tracing.DefaultContext;
import micromegas.tracing.LateNamedSpan;
import micromegas.tracing.Level;
import micromegas.tracing.LevelFilter;
import micromegas.tracing.Log;
import micromegas.tracing.Name;
import micromegas.tracing.PastEvents;
import micromegas.tracing.PastSpans;
import micromegas.tracing.PropertySet;
import micromegas.tracing.Sites;
import micromegas.tracing.SpanContext;
import micromegas.tracing.SpanScope;
import micromegas.tracing.Telemetry;
import micromegas.tracing.WorkUnit;
import micromegas.tracing.adapter.BackendLogger;
import micromegas.tracing.adapter.ContextKeys;
import micromegas.tracing.adapter.EventProperties;
import micromegas.tracing.adapter.LogBridge;
import micromegas.tracing.adapter.Nesting;
import micromegas.tracing.spi.BlockSampler;
import micromegas.tracing.spi.OnDemandSampler;
import micromegas.tracing.spi.Recorder;
import micromegas.tracing.testing.MemorySink;
import micromegas.tracing.testing.RecordedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Null for every argument of everything that the instrumentation exports.
class TracingNullsTest {
  private final MemorySink sink = new MemorySink();

  @AfterEach
  void forget() {
    DefaultContext.clear();
  }

  @Test
  void nothingIsThrown() {
    NullSweep sweep;
    OnDemandSampler sampler = BlockSampler.onDemand(Duration.ofSeconds(1));
    try (Telemetry telemetry =
        Telemetry.builder()
            .sink(sink)
            .spans(true)
            .sampler(sampler.or(BlockSampler.all()))
            .consoleLevels(LevelFilter.OFF)
            .jvmPeriod(Duration.ZERO)
            .shutdownHook(false)
            .start()) {
      sweep = sweep(telemetry).with(sampler);
      sweep.packageOf(Telemetry.class).packageOf(LogBridge.class).packageOf(Recorder.class);
      sweep.packageOf(MemorySink.class);
      telemetry.recordLevels(LevelFilter.of(Level.TRACE));
      Log.of("after").info("still alive");
    }
    assertThat(sweep.thrown()).isEmpty();
    assertThat(sweep.withoutInstance()).isEmpty();
    assertThat(sweep.calls()).isGreaterThan(400);
    assertThat(sink.logs()).extracting(RecordedLog::text).contains("still alive");
    assertThat(sink.spans()).isNotEmpty(); // readable
    assertThat(sink.metrics()).isNotEmpty();
  }

  @Test
  void nothingIsThrownWithoutTelemetry() {
    NullSweep sweep = new NullSweep().with(new BackendLogger("null")).with(new LogBridge());
    sweep.type(BackendLogger.class).type(LogBridge.class).with(Log.of("null")).type(Log.class);
    assertThat(sweep.thrown()).isEmpty();
  }

  private static NullSweep sweep(Telemetry telemetry) {
    return new NullSweep()
        .with(telemetry)
        .with(Telemetry.builder())
        .with(Sites.here())
        .with(Sites.here().span("null"))
        .with(Sites.here().namedSpan())
        .with(Sites.here().asyncSpan("null"))
        .with(Sites.here().namedAsyncSpan())
        .with(Sites.here().intMetric("null", "count"))
        .with(Sites.here().floatMetric("null", "count"))
        .with(Sites.here().info("null"))
        .with(Sites.here().work((duration, failed) -> true))
        .with(Sites.here().work(null).beginDetached())
        .with(Sites.here().asyncSpan("null").begin())
        .with(Sites.here().namedAsyncSpan().beginUnnamed(Name.of("null"), SpanContext.current()))
        .with(Log.of("null"))
        .with(PropertySet.of("a", "b"))
        .with(Name.of("null"))
        .with(PastSpans.open("null", 1).orElseThrow())
        .with(new PastEvents())
        .with(ConsoleSink.standardOutput())
        .with(new BoundedNames(10, "others"))
        .with(LevelFilter.of(Level.INFO))
        .with(Level.INFO)
        .with(SpanContext.current())
        .with(Duration.ZERO)
        .with(new BackendLogger("null"))
        .with(new LogBridge())
        .with(ContextKeys.parse("a,b"))
        .with(new EventProperties())
        .with(new Nesting())
        .results(TracingNullsTest::end)
        .mayRefuse(
            // Settings.
            "TelemetryBuilder",
            "LevelFilter.of",
            "LevelFilter.parse",
            "LevelFilter.with",
            "Telemetry.attach",
            "Telemetry.consoleLevels",
            "Telemetry.recordLevels",
            "Telemetry.link",
            "WorkSite.details",
            // The library tells a sink or a sampler of things, never of null.
            "ConsoleSink.log",
            "OnDemandSampler.decide",
            "FinishedBlock",
            "MemorySink",
            "BlockDecoder",
            // Tasks of the application, whose failures go to their caller.
            "AsyncSpan.call",
            "AsyncSpan.run",
            "AsyncSpanSite.call",
            "AsyncSpanSite.run",
            "AsyncSpanSite.trace",
            "AsyncSpanSite.traceStarting",
            "NamedAsyncSpanSite.trace",
            "NamedAsyncSpanSite.traceStarting",
            "SpanContext.call",
            "SpanContext.get",
            "SpanContext.run",
            "WorkSite.call",
            "WorkSite.run")
        // Takes the id of a site, which is never 0.
        .notCalled("Recorder.begin");
  }

  private static void end(Object result) {
    if (result instanceof LateNamedSpan span) {
      span.end();
    } else if (result instanceof SpanScope scope) {
      scope.close();
    } else if (result instanceof AsyncSpan span) {
      span.end();
    } else if (result instanceof WorkUnit unit) {
      unit.close();
    }
  }
}
