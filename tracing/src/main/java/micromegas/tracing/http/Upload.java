package micromegas.tracing.http;

import micromegas.tracing.spi.FinishedBlock;
import micromegas.transit.CborWriter;
import org.jspecify.annotations.Nullable;

/// One request. Belongs to the queue while it waits and to a sender while it is sent. A block waits
/// as its payload, once; its body is the same bytes at each attempt.
final class Upload {
  private final Priority priority;
  private final String path;
  private final byte @Nullable [] metadata;
  private final @Nullable FinishedBlock block;
  private long firstAttemptNanos;
  private int attempts;
  private boolean refreshed;
  private long notBeforeNanos;
  private boolean delayed;

  private Upload(
      Priority priority, String path, byte @Nullable [] metadata, @Nullable FinishedBlock block) {
    this.priority = priority;
    this.path = path;
    this.metadata = metadata;
    this.block = block;
  }

  /// @param path behind the address of the server
  static Upload metadata(String path, byte[] body) {
    return new Upload(Priority.METADATA, path, body, null);
  }

  static Upload block(FinishedBlock block) {
    Priority priority =
        switch (block.kind()) {
          case LOGS -> Priority.LOGS;
          case METRICS -> Priority.METRICS;
          case SPANS, IMAGES -> Priority.TRACES;
        };
    return new Upload(priority, "/ingestion/insert_block", null, block);
  }

  Priority priority() {
    return priority;
  }

  String path() {
    return path;
  }

  /// What is sent.
  byte[] body() {
    FinishedBlock carried = block;
    if (carried != null) {
      return CborWriter.block(carried.info(), carried.payload());
    }
    return metadata == null ? new byte[0] : metadata;
  }

  /// Bytes it holds while it waits.
  int size() {
    FinishedBlock carried = block;
    if (carried != null) {
      return carried.payload().dependencies().length + carried.payload().objects().length;
    }
    return metadata == null ? 0 : metadata.length;
  }

  /// What it carries, for splitting it; null for metadata.
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
    return attempts > 0 && nowNanos - firstAttemptNanos > priority.windowNanos();
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
