package micromegas.tracing;

import micromegas.tracing.record.Recording;

/// A place that opens spans. On a platform thread they go to the stream of the thread; on a virtual
/// thread they are async spans. Thread-safe.
public final class SpanSite {
  private final long id;

  SpanSite(long id) {
    this.id = id;
  }

  /// Begins a span, which ends when the scope is closed. Costs little more than two readings of the
  /// clock and allocates nothing; does nothing while spans are off.
  public SpanScope enter() {
    return Recording.enter(id);
  }

  /// For woven code and adapters, see [micromegas.tracing.spi.Recorder].
  public long id() {
    return id;
  }
}
