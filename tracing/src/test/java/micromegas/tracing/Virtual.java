package micromegas.tracing;

import java.lang.reflect.Method;

/// Virtual threads, for tests that are compiled for Java 17 and run on a newer JDK.
final class Virtual {
  private Virtual() {}

  static Thread start(Runnable task) {
    try {
      Method method = Thread.class.getMethod("startVirtualThread", Runnable.class);
      return (Thread) method.invoke(null, task);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
