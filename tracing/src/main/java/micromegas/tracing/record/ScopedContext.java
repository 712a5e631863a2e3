package micromegas.tracing.record;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// The context that threads forked by structured concurrency inherit: a scoped value, which JDK 25
/// and later have. Elsewhere nothing is inherited.
final class ScopedContext {
  private static final int FIRST_JDK = 25;
  private static final @Nullable Handles HANDLES = find();

  private ScopedContext() {}

  /// The scoped value and its methods.
  private record Handles(
      MethodHandle isBound, MethodHandle get, MethodHandle where, MethodHandle run) {}

  /// What was bound where the current thread was forked, or null.
  static @Nullable Context inherited() {
    Handles handles = HANDLES;
    if (handles == null) {
      return null;
    }
    try {
      return (boolean) handles.isBound().invoke() ? (Context) handles.get().invoke() : null;
    } catch (Throwable e) {
      return null;
    }
  }

  /// Calls `task` with a context that threads forked in it inherit.
  static <T extends @Nullable Object> T call(Context context, Callable<T> task) throws Exception {
    Handles handles = HANDLES;
    if (handles == null) {
      return task.call();
    }
    Outcome<T> outcome = new Outcome<>(task);
    try {
      Object carrier = handles.where().invoke(context);
      handles.run().invoke(carrier, (Runnable) outcome);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e); // these methods declare none
    }
    return outcome.result();
  }

  /// Carries a result or a checked exception out of a [Runnable].
  private static final class Outcome<T extends @Nullable Object> implements Runnable {
    private final Callable<T> task;
    private @Nullable T result;
    private @Nullable Exception failure;

    Outcome(Callable<T> task) {
      this.task = task;
    }

    @Override
    public void run() {
      try {
        result = task.call();
      } catch (Exception e) {
        failure = e;
      }
    }

    @SuppressWarnings("NullAway") // the task's own result
    T result() throws Exception {
      if (failure != null) {
        throw failure;
      }
      return result;
    }
  }

  private static @Nullable Handles find() {
    if (Runtime.version().feature() < FIRST_JDK) {
      return null; // a preview before
    }
    try {
      Class<?> type = Class.forName("java.lang.ScopedValue");
      Class<?> carrier = Class.forName("java.lang.ScopedValue$Carrier");
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      Object value = lookup.findStatic(type, "newInstance", MethodType.methodType(type)).invoke();
      return new Handles(
          lookup.findVirtual(type, "isBound", MethodType.methodType(boolean.class)).bindTo(value),
          lookup.findVirtual(type, "get", MethodType.methodType(Object.class)).bindTo(value),
          lookup
              .findStatic(type, "where", MethodType.methodType(carrier, type, Object.class))
              .bindTo(value),
          lookup.findVirtual(carrier, "run", MethodType.methodType(void.class, Runnable.class)));
    } catch (Throwable e) {
      return null;
    }
  }
}
