package micromegas.tracing.http;

import micromegas.tracing.spi.FinishedBlock;
import org.jspecify.annotations.Nullable;

/// One request, encoded once. Belongs to the queue while it waits and to a sender while it is sent.
final class Upload {
  private final Priority priority;
  private final String path;
  private final byte[] body;
  private final @Nullable FinishedBlock block;
  private long firstAttemptNanos;
  private int attempts;
  private boolean refreshed;
  private long notBeforeNanos;
  private boolean delayed;

  /// @param path behind the address of the server
  /// @param block what it carries, for splitting it
  Upload(Priority priority, String path, byte[] body, @Nullable FinishedBlock block) {
    this.priority = priority;
    this.path = path;
    this.body = body;
    this.block = block;
  }

  Priority priority() {
    return priority;
  }

  String path() {
    return path;
  }

  byte[] body() {
    return body;
  }

  @Nullable FinishedBlock block() {
    return block;
  }

  /// Counts an attempt that was answered, or timed out.
  ///
  /// @return the number of such attempts
  int countAttempt(long nowNanos) {
    if (attempts == 0) {
      firstAttemptNanos = nowNanos;
    }
    return ++attempts;
  }

  boolean isExpired(long nowNanos) {
    return attempts > 0 && nowNanos - firstAttemptNanos > priority.window().toNanos();
  }

  /// True the first time.
  boolean mayRefresh() {
    boolean first = !refreshed;
    refreshed = true;
    return first;
  }

  void delayUntil(long nanos) {
    notBeforeNanos = nanos;
    delayed = true;
  }

  void hurry() {
    delayed = false;
  }

  /// Nanoseconds until it may be sent, 0 when it may be now.
  long waits(long nowNanos) {
    return delayed ? Math.max(0, notBeforeNanos - nowNanos) : 0;
  }
}
