package micromegas.tracing.record;

import micromegas.tracing.SpanScope;
import org.jspecify.annotations.Nullable;

/// The scope of a thread of the library: records nothing.
final class MutedScope extends ThreadScope {

  MutedScope(Thread owner) {
    super(owner);
  }

  @Override
  SpanScope begin(long site) {
    return NoScope.INSTANCE;
  }

  @Override
  SpanScope begin(long location, Reference name) {
    return NoScope.INSTANCE;
  }

  @Override
  public void close() {}

  @Override
  int depth() {
    return 0;
  }

  @Override
  void closeTo(int depth) {}

  @Override
  long beginAsync(
      Engine engine,
      long site,
      @Nullable Reference name,
      long parent,
      int depth,
      @Nullable Work work) {
    return 0;
  }

  @Override
  void endAsync(
      Engine engine,
      long site,
      @Nullable Reference name,
      long id,
      long parent,
      int depth,
      @Nullable Work work) {}

  @Override
  void startWaiting(Work current) {}

  @Override
  void stopWaiting(Work former) {}
}
