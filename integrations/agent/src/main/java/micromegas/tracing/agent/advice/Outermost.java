package micromegas.tracing.agent.advice;

import java.util.function.Supplier;

/// Lets only the outermost of nested calls pass: pools wrap drivers, filters call filters. Counts
/// for the current thread.
final class Outermost {
  private final ThreadLocal<int[]> depth = ThreadLocal.withInitial(() -> new int[1]);

  /// @return whether this is the outermost; each call needs a [#leave]
  boolean enter() {
    return depth.get()[0]++ == 0;
  }

  /// Begins what the outermost call is, and leaves again if that fails.
  <T> T begin(Supplier<T> beginning) {
    boolean begun = false;
    try {
      T open = beginning.get();
      begun = true;
      return open;
    } finally {
      if (!begun) {
        leave();
      }
    }
  }

  void leave() {
    int[] now = depth.get();
    now[0] = Math.max(0, now[0] - 1);
  }
}
