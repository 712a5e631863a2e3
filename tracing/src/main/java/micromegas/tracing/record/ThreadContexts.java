package micromegas.tracing.record;

import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/// The contexts of threads that are about to start, until they record something. Threads are held
/// weakly. Thread-safe.
final class ThreadContexts {
  private final Map<Thread, Context> contexts = new WeakHashMap<>();
  private volatile int size;

  synchronized void put(Thread thread, Context context) {
    contexts.put(thread, context);
    size = contexts.size();
  }

  /// Takes the context of a thread away, or returns null.
  @Nullable Context take(Thread thread) {
    return size == 0 ? null : remove(thread);
  }

  /// Whether there is one for any thread.
  boolean isEmpty() {
    return size == 0;
  }

  private synchronized @Nullable Context remove(Thread thread) {
    Context context = contexts.remove(thread);
    size = contexts.size();
    return context;
  }
}
