package micromegas.tracing.adapter;

/// Lines that are logged while another line of the same thread is being made, by a `toString()` for
/// example: some levels of them are fine, without an end they would overflow the stack. One per
/// appender; thread-safe.
///
/// ```java
/// if (nesting.enter()) {
///   try {
///     append(event);
///   } finally {
///     nesting.leave();
///   }
/// }
/// ```
public final class Nesting {
  /// Lines of one thread that may be in the making.
  public static final int MAX_DEPTH = 8;

  private final ThreadLocal<int[]> depth = ThreadLocal.withInitial(() -> new int[1]);

  /// Whether one more may be made; then call [#leave] after it.
  public boolean enter() {
    int[] current = depth.get();
    if (current[0] >= MAX_DEPTH) {
      return false;
    }
    current[0]++;
    return true;
  }

  public void leave() {
    depth.get()[0]--;
  }
}
