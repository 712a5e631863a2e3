package micromegas.tracing;

import micromegas.tracing.record.Recording;

/// A place that opens spans whose names are known at run time only. Thread-safe.
public final class NamedSpanSite {
  private final long id;

  NamedSpanSite(long id) {
    this.id = id;
  }

  /// Begins a span with that name, which ends when the scope is closed.
  public SpanScope enter(Name name) {
    return Recording.enter(id, Name.reference(name));
  }

  /// Begins a span with that name; for adapters.
  ///
  /// @return what [micromegas.tracing.spi.Recorder#end] takes; 0 when nothing is recorded
  public int begin(Name name) {
    return Recording.enterWithToken(id, Name.reference(name));
  }

  long id() {
    return id;
  }
}
