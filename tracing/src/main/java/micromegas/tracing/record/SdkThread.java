package micromegas.tracing.record;

import org.jspecify.annotations.Nullable;

/// A thread of the library. What it does is not recorded, or the library would feed itself.
public final class SdkThread extends Thread {
  /// Threads of the application that do the work of the library at the moment.
  private static final ThreadLocal<@Nullable Boolean> BORROWED = new ThreadLocal<>();

  /// A daemon thread.
  public SdkThread(Runnable task, String name) {
    super(null, task, name, 0, false);
    setDaemon(true);
  }

  /// Whether the current thread is one, or does the work of one.
  public static boolean isCurrent() {
    return Thread.currentThread() instanceof SdkThread || BORROWED.get() != null;
  }

  /// Does work of the library on a thread of the application.
  public static void borrow(Runnable work) {
    if (isCurrent()) {
      work.run();
      return;
    }
    BORROWED.set(Boolean.TRUE);
    try {
      work.run();
    } finally {
      BORROWED.remove();
    }
  }
}
