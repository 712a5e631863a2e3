package micromegas.tracing.spring;

import micromegas.tracing.TelemetryBuilder;

/// A bean that has the last word on the settings of telemetry: sinks, authentication, a proxy,
/// whatever has no property. Called once, in the order of `@Order`.
@FunctionalInterface
public interface TelemetryCustomizer {
  void customize(TelemetryBuilder builder);
}
