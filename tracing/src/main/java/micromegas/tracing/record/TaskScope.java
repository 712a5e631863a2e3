package micromegas.tracing.record;

import java.util.Arrays;
import micromegas.tracing.SpanScope;
import org.jspecify.annotations.Nullable;

/// Records the spans of one virtual thread as async spans, and is the scope of all of them. A
/// stream for each virtual thread would be one for each of millions, and those of a carrier would
/// not nest.
final class TaskScope extends ThreadScope {
  /// Longs of the stack per open span: site, span id, parent id, depth.
  private static final int ENTRY = 4;

  private static final int FIRST_DEPTH = 2;
  private static final Reference[] NO_NAMES = {};

  private long[] stack = new long[FIRST_DEPTH * ENTRY];
  private @Nullable Reference[] names = NO_NAMES; // as long as the stack, or empty
  private @Nullable Engine engine;
  private int depth;

  TaskScope(Thread owner) {
    super(owner);
  }

  @Override
  SpanScope begin(long site) {
    return open(site, null);
  }

  @Override
  SpanScope begin(long location, Reference name) {
    return open(location, name);
  }

  private SpanScope open(long site, @Nullable Reference name) {
    Engine current = Recording.engine();
    if (current == null) {
      return NoScope.INSTANCE;
    }
    int d = depth;
    if (d >= current.limits().maxDepth()) {
      current.losses().add(Loss.DEEP_SPANS);
      return NoScope.INSTANCE;
    }
    long parent = contextId();
    int asyncDepth = contextDepth();
    long id = beginAsync(current, site, name, parent, asyncDepth, work());
    if (id == 0) {
      return NoScope.INSTANCE;
    }
    push(site, name, id, parent, asyncDepth);
    engine = current;
    setContext(id, asyncDepth + 1);
    return this;
  }

  private void push(long site, @Nullable Reference name, long id, long parent, int asyncDepth) {
    int at = depth * ENTRY;
    if (at == stack.length) {
      stack = Arrays.copyOf(stack, 2 * at);
    }
    stack[at] = site;
    stack[at + 1] = id;
    stack[at + 2] = parent;
    stack[at + 3] = asyncDepth;
    if (name != null || names.length > depth) {
      if (names.length <= depth) {
        names = Arrays.copyOf(names, stack.length / ENTRY);
      }
      names[depth] = name;
    }
    depth++;
  }

  @Override
  public void close() {
    int d = depth - 1;
    if (d < 0 || Thread.currentThread() != owner) {
      Recording.countMisuse();
      return;
    }
    depth = d;
    int at = d * ENTRY;
    long parent = stack[at + 2];
    int asyncDepth = (int) stack[at + 3];
    Engine current = Recording.engine();
    if (current != null && current == engine) {
      Reference name = d < names.length ? names[d] : null;
      endAsync(current, stack[at], name, stack[at + 1], parent, asyncDepth, work());
    }
    setContext(parent, asyncDepth);
  }

  @Override
  int depth() {
    return depth;
  }

  @Override
  void closeTo(int target) {
    while (depth > target) {
      close();
    }
  }

  @Override
  long beginAsync(
      Engine current,
      long site,
      @Nullable Reference name,
      long parent,
      int asyncDepth,
      @Nullable Work work) {
    return current.beginAsyncSpan(site, name, parent, asyncDepth, work);
  }

  @Override
  void endAsync(
      Engine current,
      long site,
      @Nullable Reference name,
      long id,
      long parent,
      int asyncDepth,
      @Nullable Work work) {
    current.endAsyncSpan(site, name, id, parent, asyncDepth, work);
  }

  @Override
  void startWaiting(Work current) {}

  @Override
  void stopWaiting(Work former) {}
}
