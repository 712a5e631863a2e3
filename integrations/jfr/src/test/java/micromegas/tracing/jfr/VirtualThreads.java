package micromegas.tracing.jfr;

import java.lang.reflect.Method;

/// Virtual threads, in classes that JVMs without them can load.
final class VirtualThreads {
  private VirtualThreads() {}

  static Thread start(String name, Runnable task) {
    try {
      Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
      Class<?> type = Class.forName("java.lang.Thread$Builder");
      Method named = type.getMethod("name", String.class);
      return (Thread)
          type.getMethod("start", Runnable.class).invoke(named.invoke(builder, name), task);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
