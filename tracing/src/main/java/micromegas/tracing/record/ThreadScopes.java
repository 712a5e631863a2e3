package micromegas.tracing.record;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The scope of each thread.
///
/// Threads of a server outlive the applications it loads. So what a thread holds is an array, whose
/// class is the JVM's; the arrays are emptied when telemetry ends, and after that no thread refers
/// to this library, whose class loader can go. Thread-safe.
final class ThreadScopes {
  private static final ThreadLocal<Object @Nullable []> HOLDER = new ThreadLocal<>();

  /// Those of platform threads; virtual ones end with the application.
  private static final List<WeakReference<Object[]>> HOLDERS = new ArrayList<>();

  private static final int FIRST_SWEEP = 64;
  private static int nextSweep = FIRST_SWEEP;

  private ThreadScopes() {}

  /// The scope of the current thread, if it has one.
  static @Nullable ThreadScope get() {
    Object[] holder = HOLDER.get();
    return holder == null ? null : (ThreadScope) holder[0];
  }

  /// Gives the current thread a scope.
  static void set(ThreadScope scope) {
    Object[] holder = HOLDER.get();
    if (holder == null) {
      holder = new Object[1];
      HOLDER.set(holder);
      if (!(scope instanceof TaskScope)) {
        remember(holder);
      }
    }
    holder[0] = scope;
  }

  /// The current thread has no scope any more.
  static void forget() {
    HOLDER.remove();
  }

  /// No thread has a scope any more. A thread that uses its scope at this moment goes on with it,
  /// and gets another one for its next call.
  static void forgetAll() {
    synchronized (HOLDERS) {
      for (WeakReference<Object[]> reference : HOLDERS) {
        Object[] holder = reference.get();
        if (holder != null) {
          holder[0] = null;
        }
      }
      sweep();
    }
  }

  private static void remember(Object[] holder) {
    synchronized (HOLDERS) {
      HOLDERS.add(new WeakReference<>(holder));
      if (HOLDERS.size() >= nextSweep) {
        sweep();
      }
    }
  }

  /// Forgets the arrays of threads that are gone; called seldom enough to cost little per thread.
  private static void sweep() {
    HOLDERS.removeIf(reference -> reference.get() == null);
    nextSweep = Math.max(FIRST_SWEEP, 2 * HOLDERS.size());
  }
}
