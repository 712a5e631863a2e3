package micromegas.tracing.agent.advice;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/// Whether threads are virtual, on JDKs that have such threads.
final class Virtual {
  private static final @Nullable MethodHandle IS_VIRTUAL = find();

  private Virtual() {}

  static boolean isCurrent() {
    MethodHandle handle = IS_VIRTUAL;
    if (handle == null) {
      return false;
    }
    try {
      return (boolean) handle.invokeExact(Thread.currentThread());
    } catch (Throwable e) {
      return false;
    }
  }

  private static @Nullable MethodHandle find() {
    try {
      return MethodHandles.publicLookup()
          .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
    } catch (ReflectiveOperationException e) {
      return null; // before JDK 21
    }
  }
}
