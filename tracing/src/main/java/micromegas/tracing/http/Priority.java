package micromegas.tracing.http;

/// The order in which requests are sent; a class waits while those before it have something to
/// send. A request is retried while its window has not passed since its first attempt that was
/// answered or timed out.
enum Priority {
  /// Processes and streams, without which nothing else can be read: given up only when the server
  /// says that they are wrong.
  METADATA("metadata", Long.MAX_VALUE),
  LOGS("logs", 120_000_000_000L),
  METRICS("metrics", 30_000_000_000L),
  TRACES("traces", 6_000_000_000L);

  private final String label;
  private final long windowNanos;

  Priority(String label, long windowNanos) {
    this.label = label;
    this.windowNanos = windowNanos;
  }

  String label() {
    return label;
  }

  /// How long a request is tried.
  long windowNanos() {
    return windowNanos;
  }
}
