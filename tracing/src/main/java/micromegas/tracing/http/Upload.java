package micromegas.tracing.http;

import java.util.ArrayList;
import java.util.List;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.transit.CborWriter;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;
import org.jspecify.annotations.Nullable;

/// One request. Belongs to the queue while it waits and to a sender while it is sent. A block waits
/// as its payload, once, and a stream as what is known of it; bodies are the same bytes at each
/// attempt.
final class Upload {
  /// What the record of a stream takes beside what it shares with its first block.
  private static final int RECORD_BYTES = 256;

  private final Priority priority;
  private final String path;
  private final byte @Nullable [] metadata;
  private final @Nullable StreamInfo stream;
  private final @Nullable FinishedBlock block;

  /// Blocks that may be sent when this record is stored.
  private List<Upload> followers = List.of();

  private long firstAttemptNanos;
  private int attempts;
  private long notBeforeNanos;
  private boolean delayed;

  private Upload(
      Priority priority,
      String path,
      byte @Nullable [] metadata,
      @Nullable StreamInfo stream,
      @Nullable FinishedBlock block) {
    this.priority = priority;
    this.path = path;
    this.metadata = metadata;
    this.stream = stream;
    this.block = block;
  }

  static Upload process(ProcessInfo process) {
    return new Upload(
        Priority.METADATA, "/ingestion/insert_process", CborWriter.process(process), null, null);
  }

  static Upload stream(StreamInfo stream) {
    return new Upload(Priority.METADATA, "/ingestion/insert_stream", null, stream, null);
  }

  static Upload block(FinishedBlock block) {
    Priority priority =
        switch (block.kind()) {
          case LOGS -> Priority.LOGS;
          case METRICS -> Priority.METRICS;
          case SPANS, IMAGES -> Priority.TRACES;
        };
    return new Upload(priority, "/ingestion/insert_block", null, null, block);
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
    if (stream != null) {
      return CborWriter.stream(stream);
    }
    return metadata == null ? new byte[0] : metadata;
  }

  /// About the memory it takes while it waits.
  int size() {
    FinishedBlock carried = block;
    if (carried != null) {
      return carried.memoryBytes();
    }
    return RECORD_BYTES + (metadata == null ? 0 : metadata.length);
  }

  /// The block that it carries; null for metadata.
  @Nullable FinishedBlock block() {
    return block;
  }

  /// The stream whose record it carries, or null.
  @Nullable StreamInfo stream() {
    return stream;
  }

  /// Has a block wait for this record.
  void follow(Upload follower) {
    if (followers.isEmpty()) {
      followers = new ArrayList<>(1);
    }
    followers.add(follower);
  }

  List<Upload> takeFollowers() {
    List<Upload> taken = followers;
    followers = List.of();
    return taken;
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
