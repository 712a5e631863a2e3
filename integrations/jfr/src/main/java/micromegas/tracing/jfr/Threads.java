package micromegas.tracing.jfr;

import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;
import org.jspecify.annotations.Nullable;

/// What events say about threads.
final class Threads {
  private static final String OWN = "micromegas-";

  private Threads() {}

  static String name(RecordedThread thread) {
    @Nullable String name = thread.getJavaName();
    return name == null || name.isEmpty() ? "thread " + thread.getJavaThreadId() : name;
  }

  /// Whether it is a thread of this library.
  static boolean isOwn(RecordedThread thread) {
    return name(thread).startsWith(OWN);
  }

  /// Whether it is an event of a thread of this library.
  static boolean isOfOwn(RecordedEvent event) {
    RecordedThread thread = event.getThread();
    return thread != null && isOwn(thread);
  }

  static boolean isVirtual(RecordedThread thread) {
    return thread.hasField("virtual") && thread.getBoolean("virtual");
  }
}
