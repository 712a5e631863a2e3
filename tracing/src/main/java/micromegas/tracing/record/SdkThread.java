package micromegas.tracing.record;

/// A thread of the library. What it does is not recorded, or the library would feed itself.
public final class SdkThread extends Thread {

  /// A daemon thread.
  public SdkThread(Runnable task, String name) {
    super(null, task, name, 0, false);
    setDaemon(true);
  }

  /// Whether the current thread is one.
  public static boolean isCurrent() {
    return Thread.currentThread() instanceof SdkThread;
  }
}
