package micromegas.tracing.record;

import micromegas.tracing.SpanScope;

/// What is returned while nothing is recorded; closing it does nothing, so spans may be switched on
/// in between.
final class NoScope extends SpanScope {
  static final NoScope INSTANCE = new NoScope();

  private NoScope() {}

  @Override
  public void close() {}
}
