package micromegas.tracing.record;

/// What can be lost, and why. Every loss is counted and reported as the metric `mm_dropped_events`
/// with the property `kind`.
public enum Loss {
  /// Spans that were not recorded because memory ran out.
  SPANS("spans"),
  /// Begins or ends of async spans that were not recorded because memory ran out.
  ASYNC_SPANS("async_spans"),
  /// Spans inside too many others.
  DEEP_SPANS("deep_spans"),
  METRICS("metrics"),
  LOGS("logs"),
  /// Lines of logging libraries that came before the start of telemetry and were not kept.
  EARLY_LOGS("early_logs"),
  IMAGES("images"),
  /// Details of work units that were not kept for their verdict because memory ran out.
  DETAILS("details"),
  /// Scopes that were closed on the wrong thread or once too often. Nothing is lost but their end.
  MISUSE("misuse");

  private final String kind;

  Loss(String kind) {
    this.kind = kind;
  }

  /// Value of the property `kind`.
  public String kind() {
    return kind;
  }
}
