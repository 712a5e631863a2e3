package micromegas.tracing.junit;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import micromegas.tracing.SpanContext;

/// A test that goes on. Thread-safe.
final class TestRun {
  private final long id;
  private final long firstBlock;
  private final long beginTicks;
  private final Set<Long> threads = ConcurrentHashMap.newKeySet();
  private volatile boolean othersRan;

  /// @param id parent of the spans of the test
  /// @param firstBlock with what was recorded since its begin
  TestRun(long id, long firstBlock, long beginTicks) {
    this.id = id;
    this.firstBlock = firstBlock;
    this.beginTicks = beginTicks;
  }

  long id() {
    return id;
  }

  long firstBlock() {
    return firstBlock;
  }

  long beginTicks() {
    return beginTicks;
  }

  /// The context of what the test does.
  SpanContext context() {
    return SpanContext.of(id);
  }

  void addThread(long threadId) {
    threads.add(threadId);
  }

  /// Whether a thread runs the test itself.
  boolean hasThread(long threadId) {
    return threads.contains(threadId);
  }

  void otherRan() {
    othersRan = true;
  }

  /// Whether other tests ran meanwhile.
  boolean othersRan() {
    return othersRan;
  }
}
