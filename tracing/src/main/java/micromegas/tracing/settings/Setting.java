package micromegas.tracing.settings;

import java.util.Locale;

/// Everything that can be set from outside. Its name is that of an environment variable; the system
/// property is the same in lower case with dots (`micromegas.telemetry.url`), also in
/// `micromegas.properties` on the class path.
public enum Setting {
  MICROMEGAS_TELEMETRY_URL,
  MICROMEGAS_TELEMETRY_MAX_QUEUE_BYTES,
  MICROMEGAS_TELEMETRY_HARD_QUEUE_BYTES,
  MICROMEGAS_TELEMETRY_MAX_IN_FLIGHT_REQUESTS,
  MICROMEGAS_TELEMETRY_REQUEST_TIMEOUT_SECS,
  MICROMEGAS_TELEMETRY_PARENT_PROCESS,
  MICROMEGAS_FLUSH_PERIOD,
  MICROMEGAS_ENABLE_CPU_TRACING,
  MICROMEGAS_PROCESS_PROPERTIES,
  MICROMEGAS_INGESTION_API_KEY,
  MICROMEGAS_OIDC_TOKEN_ENDPOINT,
  MICROMEGAS_OIDC_CLIENT_ID,
  MICROMEGAS_OIDC_CLIENT_SECRET,
  MICROMEGAS_OIDC_AUDIENCE,
  MICROMEGAS_OIDC_TOKEN_BUFFER_SECONDS,
  /// What is recorded, as [micromegas.tracing.LevelFilter] reads it. Not known to other clients.
  MICROMEGAS_TELEMETRY_LEVELS,
  /// What is printed. Not known to other clients.
  MICROMEGAS_CONSOLE_LEVELS,
  /// Keys of the diagnostic context of logging libraries (MDC, thread context) that become
  /// properties of events, separated by commas. Not known to other clients.
  MICROMEGAS_TELEMETRY_MDC,
  /// Lines of logging libraries that are kept for the telemetry that starts next; 0 for none. Not
  /// known to other clients.
  MICROMEGAS_TELEMETRY_EARLY_LINES,
  /// Memory of these lines. Not known to other clients.
  MICROMEGAS_TELEMETRY_EARLY_BYTES,
  /// How long they are kept, from the first on. Not known to other clients.
  MICROMEGAS_TELEMETRY_EARLY_SECONDS,
  /// Memory of events that are not encoded yet. Not known to other clients.
  MICROMEGAS_TELEMETRY_CHUNK_BYTES,
  /// Memory of blocks that wait for the verdict of a sampler. Not known to other clients.
  MICROMEGAS_TELEMETRY_HELD_BYTES,
  /// Which blocks of spans are sent, as [micromegas.tracing.spi.BlockSampler#parse] reads it. Not
  /// known to other clients.
  MICROMEGAS_TELEMETRY_SAMPLER,
  /// Seconds between metrics of the JVM and the machine; 0 for none. Not known to other clients.
  MICROMEGAS_TELEMETRY_JVM_PERIOD;

  /// Name of the system property.
  public String property() {
    return name().toLowerCase(Locale.ROOT).replace('_', '.');
  }
}
