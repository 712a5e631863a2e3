package micromegas.tracing.http;

import java.time.Duration;

/// The order in which requests are sent; a class waits while those before it have something to
/// send. A request is retried while its window has not passed since its first attempt that was
/// answered or timed out.
enum Priority {
  /// Processes and streams, without which nothing else can be read: never given up, never dropped.
  METADATA("metadata", Duration.ofDays(365_000)),
  LOGS("logs", Duration.ofSeconds(120)),
  METRICS("metrics", Duration.ofSeconds(30)),
  TRACES("traces", Duration.ofSeconds(6));

  private final String label;
  private final Duration window;

  Priority(String label, Duration window) {
    this.label = label;
    this.window = window;
  }

  String label() {
    return label;
  }

  Duration window() {
    return window;
  }
}
