package micromegas.tracing.spi;

/// What the events of a stream are.
public enum StreamKind {
  LOGS("log"),
  METRICS("metrics"),
  /// Spans of threads and tasks.
  SPANS("cpu"),
  IMAGES("image");

  private final String tag;

  StreamKind(String tag) {
    this.tag = tag;
  }

  /// The tag of such streams.
  public String tag() {
    return tag;
  }
}
