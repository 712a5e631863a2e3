package micromegas.tracing.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.SimpleLogRecordProcessor;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import micromegas.tracing.Level;
import micromegas.tracing.Ticks;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testing.RecordedMetric;
import micromegas.tracing.testkit.NullSweep;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What the SDK exports is read back by the reader of the server.
class ExportersTest {
  private final TelemetryFixture fixture = new TelemetryFixture();

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void spansKeepTheirIdsTimesAndParents() {
    long origin = Ticks.now() - fixture.telemetry.process().startTicks();
    Instant start = fixture.telemetry.process().startTime().plusNanos(origin);
    while (Ticks.now() - fixture.telemetry.process().startTicks() - origin <= 9_000) {
      Thread.onSpinWait(); // spans end before they are exported
    }
    try (SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .addSpanProcessor(BatchSpanProcessor.builder(new MicromegasSpanExporter()).build())
            .build()) {
      Tracer tracer = provider.get("shop");
      SpanContext caller =
          SpanContext.createFromRemoteParent(
              "0af7651916cd43dd8448eb211c80319c",
              "b7ad6b7169203331",
              TraceFlags.getSampled(),
              TraceState.getDefault());
      Span request =
          tracer
              .spanBuilder("GET /orders")
              .setParent(Context.root().with(Span.wrap(caller)))
              .setStartTimestamp(start)
              .startSpan();
      Span query =
          tracer
              .spanBuilder("select")
              .setParent(Context.root().with(request))
              .setStartTimestamp(start.plusNanos(2_000))
              .startSpan();
      query.addEvent("retried", Attributes.of(AttributeKey.longKey("level"), 2L));
      query.recordException(new IllegalStateException("no connection"));
      query.setStatus(StatusCode.ERROR, "gone");
      query.end(start.plusNanos(5_000));
      request.end(start.plusNanos(9_000));
      provider.forceFlush().join(10, TimeUnit.SECONDS);

      long requestId = Long.parseUnsignedLong(request.getSpanContext().getSpanId(), 16);
      long queryId = Long.parseUnsignedLong(query.getSpanContext().getSpanId(), 16);
      long ticks = fixture.telemetry.process().startTicks();
      assertThat(fixture.spans())
          .extracting(
              e -> e.name(),
              e -> e.target(),
              e -> e.id(),
              e -> e.parent(),
              e -> e.depth(),
              e -> e.ticks() - ticks - origin)
          .containsExactly(
              tuple("GET /orders", "shop", requestId, 0L, 0, 0L),
              tuple("select", "shop", queryId, requestId, 1, 2_000L),
              tuple("select", "shop", queryId, requestId, 1, 5_000L),
              tuple("GET /orders", "shop", requestId, 0L, 0, 9_000L));
      assertThat(fixture.logs(SpanEntries.TARGET))
          .allSatisfy(log ->
              assertThat(log.properties())
                  .containsEntry("otel.trace_id", "0af7651916cd43dd8448eb211c80319c"))
          .extracting(RecordedLog::level, log -> log.text().lines().findFirst().orElse(""))
          .containsExactlyInAnyOrder(
              tuple(Level.DEBUG, "GET /orders"),
              tuple(Level.INFO, "retried"),
              tuple(Level.ERROR, "exception"),
              tuple(Level.WARN, "select failed: gone"));
      Map<String, String> entered = log("GET /orders").properties();
      assertThat(entered)
          .contains(
              entry("otel.span_id", request.getSpanContext().getSpanId()),
              entry("otel.parent_span_id", "b7ad6b7169203331"),
              entry("async_span_id", Long.toString(requestId)));
      assertThat(log("retried").properties()).containsEntry("tag.level", "2");
      RecordedLog exception = log("exception");
      assertThat(exception.text()).contains("no connection").contains("ExportersTest");
      assertThat(exception.properties())
          .containsEntry("exception.type", "java.lang.IllegalStateException")
          .doesNotContainKey("exception.stacktrace");
    }
  }

  private RecordedLog log(String text) {
    return fixture.logs(SpanEntries.TARGET).stream()
        .filter(log -> log.text().startsWith(text))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void logRecordsHaveTheIdsOfTheirSpan() {
    try (SdkTracerProvider tracers = SdkTracerProvider.builder().build();
        SdkLoggerProvider provider =
            SdkLoggerProvider.builder()
                .addLogRecordProcessor(
                    SimpleLogRecordProcessor.create(new MicromegasLogRecordExporter()))
                .build()) {
      Logger logger = provider.get("orders");
      Span span = tracers.get("shop").spanBuilder("order").startSpan();
      try (Scope scope = span.makeCurrent()) {
        logger
            .logRecordBuilder()
            .setSeverity(Severity.WARN3)
            .setBody("slow")
            .setAttribute(AttributeKey.stringKey("name"), "x")
            .setAttribute(AttributeKey.stringArrayKey("ids"), List.of("a", "b"))
            .emit();
      }
      logger.logRecordBuilder().setBody("plain").emit();
      logger.logRecordBuilder().setEventName("started").setSeverity(Severity.FATAL4).emit();
      logger.logRecordBuilder().setBody("off").setSeverity(Severity.TRACE).emit();
      span.end();
      assertThat(fixture.logs("orders"))
          .extracting(RecordedLog::level, RecordedLog::text, RecordedLog::properties)
          .containsExactly(
              tuple(
                  Level.WARN,
                  "slow",
                  Map.of(
                      "tag.name",
                      "x",
                      "ids",
                      "[a, b]",
                      "otel.trace_id",
                      span.getSpanContext().getTraceId(),
                      "otel.span_id",
                      span.getSpanContext().getSpanId())),
              tuple(Level.INFO, "plain", Map.of()),
              tuple(Level.FATAL, "started", Map.of("otel.event_name", "started")));
    }
  }

  @Test
  void dataPointsBecomeSamples() {
    try (SdkMeterProvider provider =
        SdkMeterProvider.builder()
            .registerMetricReader(
                PeriodicMetricReader.builder(new MicromegasMetricExporter())
                    .setInterval(Duration.ofDays(1))
                    .build())
            .build()) {
      Meter meter = provider.get("shop");
      Attributes route = Attributes.of(AttributeKey.stringKey("unit"), "/orders");
      meter.counterBuilder("orders").setUnit("1").build().add(2, route);
      meter.gaugeBuilder("load").build().set(0.5);
      var duration = meter.histogramBuilder("duration").setUnit("s").build();
      duration.record(0.25);
      duration.record(0.75);
      provider.forceFlush().join(10, TimeUnit.SECONDS);
      meter.counterBuilder("orders").setUnit("1").build().add(3, route);
      provider.forceFlush().join(10, TimeUnit.SECONDS);
      fixture.flush();
      assertThat(fixture.sink.metrics())
          .filteredOn(metric -> metric.name().equals("orders"))
          .extracting(
              RecordedMetric::target,
              RecordedMetric::value,
              RecordedMetric::isInteger,
              RecordedMetric::properties)
          .containsExactly(
              tuple("shop", 2.0, true, Map.of("tag.unit", "/orders")),
              tuple("shop", 3.0, true, Map.of("tag.unit", "/orders")));
      assertThat(fixture.sink.metrics())
          .extracting(RecordedMetric::name, RecordedMetric::unit, RecordedMetric::value)
          .contains(
              tuple("load", "", 0.5),
              tuple("duration_count", "count", 2.0),
              tuple("duration_sum", "s", 1.0),
              tuple("duration_min", "s", 0.25),
              tuple("duration_max", "s", 0.75));
    }
  }

  @Test
  void withoutTelemetryNothingHappens() {
    fixture.close();
    try (SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .addSpanProcessor(OpenTelemetryBridge.spanProcessor())
            .addSpanProcessor(BatchSpanProcessor.builder(new MicromegasSpanExporter()).build())
            .build()) {
      Span span = provider.get("shop").spanBuilder("lost").startSpan();
      try (Scope scope = span.makeCurrent()) {
        assertThat(micromegas.tracing.SpanContext.currentId()).isZero();
      }
      span.end();
      assertThat(provider.forceFlush().join(10, TimeUnit.SECONDS).isSuccess()).isTrue();
    }
  }

  @Test
  void nullsAreWelcome() {
    NullSweep sweep =
        new NullSweep()
            .with(new MicromegasSpanExporter())
            .with(new MicromegasLogRecordExporter())
            .with(new MicromegasMetricExporter())
            .mayRefuse("MicromegasMetricExporter.getAggregationTemporality"); // a setting
    sweep.packageOf(OpenTelemetryBridge.class);
    assertThat(sweep.thrown()).isEmpty();
    assertThat(sweep.calls()).isGreaterThanOrEqualTo(6);
  }
}
