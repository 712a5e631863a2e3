package micromegas.tracing.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import micromegas.tracing.SpanContext;
import micromegas.tracing.Telemetry;
import micromegas.tracing.testing.RecordedLog;
import micromegas.tracing.testing.RecordedMetric;
import org.junit.jupiter.api.Test;

/// What applications write that know the SDK's settings only.
class AutoconfigureTest {
  private static OpenTelemetrySdk sdk(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>();
    all.put("otel.service.name", "orders");
    all.put("otel.resource.attributes", "deployment.environment=test,micromegas.x=1");
    all.put("otel.traces.exporter", "micromegas");
    all.put("otel.metrics.exporter", "micromegas");
    all.put("otel.logs.exporter", "micromegas");
    all.putAll(settings);
    return AutoConfiguredOpenTelemetrySdk.builder()
        .addPropertiesSupplier(() -> all)
        .disableShutdownHook()
        .build()
        .getOpenTelemetrySdk();
  }

  @Test
  void exportersAndBridgeAreFoundByName() {
    try (TelemetryFixture fixture = new TelemetryFixture();
        OpenTelemetrySdk sdk = sdk(Map.of("otel.micromegas.bridge", "true"))) {
      Span span = sdk.getTracer("shop").spanBuilder("request").startSpan();
      try (Scope scope = span.makeCurrent()) {
        assertThat(SpanContext.currentId())
            .isEqualTo(Long.parseUnsignedLong(span.getSpanContext().getSpanId(), 16));
        sdk.getLogsBridge().get("orders").logRecordBuilder().setBody("placed").emit();
      }
      span.end();
      sdk.getMeter("shop").counterBuilder("orders").build().add(1);
      sdk.getSdkTracerProvider().forceFlush().join(10, TimeUnit.SECONDS);
      sdk.getSdkLoggerProvider().forceFlush().join(10, TimeUnit.SECONDS);
      sdk.getSdkMeterProvider().forceFlush().join(10, TimeUnit.SECONDS);
      assertThat(fixture.begin("request").id()).isNotZero(); // once
      assertThat(fixture.logs("orders")).extracting(RecordedLog::text).containsExactly("placed");
      assertThat(fixture.sink.metrics()).extracting(RecordedMetric::name).contains("orders");
    }
  }

  @Test
  void telemetryIsStartedWhenNoneRuns() {
    assertThat(Telemetry.running()).isEmpty();
    try (OpenTelemetrySdk sdk = sdk(Map.of())) {
      assertThat(sdk).isNotNull();
      assertThat(Telemetry.running().orElseThrow().process().properties())
          .containsEntry("service.name", "orders")
          .containsEntry("deployment.environment", "test")
          .doesNotContainKey("micromegas.x");
    } finally {
      Telemetry.running().ifPresent(Telemetry::close);
    }
  }

  @Test
  void aSettingThatMakesNoSenseFailsTheStartOfTheSdk() {
    System.setProperty("micromegas.flush.period", "soon");
    try {
      assertThatThrownBy(() -> sdk(Map.of()))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("micromegas.flush.period");
      assertThat(Telemetry.running()).isEmpty();
    } finally {
      System.clearProperty("micromegas.flush.period");
    }
  }
}
