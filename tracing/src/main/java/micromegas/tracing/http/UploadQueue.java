package micromegas.tracing.http;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import micromegas.tracing.spi.FinishedBlock;
import micromegas.transit.StreamInfo;
import org.jspecify.annotations.Nullable;

/// Requests that wait, by priority. Holds a bounded number of bytes: above the soft limit new
/// traces are dropped, above the hard limit new logs and metrics too. The newcomer is dropped,
/// because what waits explains it. A block is sent when the record of its stream has been stored.
/// Thread-safe.
final class UploadQueue {
  private static final long NO_EVENT_NANOS = 1_000_000_000L;

  private final long softBytes;
  private final long hardBytes;
  private final LongSupplier nanoTime;
  private final Map<Priority, Deque<Upload>> waiting = new EnumMap<>(Priority.class);
  private final Map<Priority, Long> dropped = new EnumMap<>(Priority.class);
  private final StreamRecords records = new StreamRecords(StreamRecords.MAX_KNOWN);
  private long bytes;
  private final Set<Upload> inFlight = Collections.newSetFromMap(new IdentityHashMap<>());
  private long pausedUntilNanos;
  private boolean paused;
  private boolean hurried;
  private boolean closed;

  /// @param hardBytes raised to `softBytes` when smaller
  /// @param nanoTime the clock of all pauses
  UploadQueue(long softBytes, long hardBytes, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.softBytes = softBytes;
    this.hardBytes = Math.max(softBytes, hardBytes);
    for (Priority priority : Priority.values()) {
      waiting.put(priority, new ArrayDeque<>());
      dropped.put(priority, 0L);
    }
  }

  /// Adds a request, or drops and counts it.
  synchronized void offer(Upload upload) {
    long limit =
        switch (upload.priority()) {
          case METADATA -> Long.MAX_VALUE;
          case LOGS, METRICS -> hardBytes;
          case TRACES -> softBytes;
        };
    if (closed || bytes >= limit) {
      drop(upload);
      return;
    }
    FinishedBlock block = upload.block();
    if (block == null || records.isKnown(block.stream())) {
      of(upload).addLast(upload);
    } else {
      record(block.stream()).follow(upload);
    }
    bytes += upload.size();
    notifyAll();
  }

  private Upload record(StreamInfo stream) {
    Upload record = records.waiting(stream);
    if (record == null) {
      record = records.make(stream);
      of(record).addLast(record);
      bytes += record.size();
    }
    return record;
  }

  /// The next request to send, which is then in flight; null when the queue is closed.
  synchronized @Nullable Upload take() throws InterruptedException {
    while (!closed) {
      Upload next = poll();
      if (next != null) {
        return next;
      }
      wait(Math.max(1, idleNanos() / 1_000_000));
    }
    return null;
  }

  /// The next request that may be sent now, which is then in flight; null when there is none.
  synchronized @Nullable Upload poll() {
    long now = nanoTime.getAsLong();
    if (pauseNanos(now) > 0) {
      return null;
    }
    paused = false;
    for (Deque<Upload> queue : waiting.values()) {
      for (Iterator<Upload> all = queue.iterator(); all.hasNext(); ) {
        Upload upload = all.next();
        if (upload.waits(now) == 0) {
          all.remove();
          inFlight.add(upload);
          return upload;
        }
      }
    }
    return null;
  }

  /// How long nothing may be sent unless something is added, at most a second or the pause.
  synchronized long idleNanos() {
    long now = nanoTime.getAsLong();
    long pause = pauseNanos(now);
    if (pause > 0) {
      return pause;
    }
    long wait = NO_EVENT_NANOS;
    for (Deque<Upload> queue : waiting.values()) {
      for (Upload upload : queue) {
        wait = Math.min(wait, upload.waits(now));
      }
    }
    return wait;
  }

  private long pauseNanos(long now) {
    return paused && !hurried ? Math.max(0, pausedUntilNanos - now) : 0;
  }

  /// A request in flight has been stored, or will never be.
  synchronized void done(Upload upload, boolean stored) {
    if (!stored && !closed) {
      drop(upload);
    } else if (stored && closed) {
      count(upload, -1); // it was given up too early
    }
    leave(upload);
    for (Upload follower : records.settle(upload, stored)) {
      if (stored) {
        of(follower).addLast(follower);
      } else {
        drop(follower);
        bytes -= follower.size();
      }
    }
    notifyAll();
  }

  /// A request in flight is to be sent again, first of its priority, but not before that time.
  synchronized void again(Upload upload, long notBeforeNanos) {
    if (closed) {
      return;
    }
    if (hurried) {
      // At the end there is no time for pauses; but a server that refuses at once must not be
      // asked without one.
      upload.delayUntil(Math.min(notBeforeNanos, nanoTime.getAsLong() + 100_000_000L));
    } else {
      upload.delayUntil(notBeforeNanos);
    }
    inFlight.remove(upload);
    of(upload).addFirst(upload);
    notifyAll();
  }

  /// A request in flight became several.
  synchronized void replace(Upload upload, Iterable<Upload> parts) {
    if (closed) {
      return;
    }
    leave(upload);
    for (Upload part : parts) {
      of(upload).addFirst(part);
      bytes += part.size();
    }
    notifyAll();
  }

  /// Nothing is sent before that time.
  synchronized void pauseUntil(long nanos) {
    if (!paused || nanos - pausedUntilNanos > 0) {
      pausedUntilNanos = nanos;
    }
    paused = true;
  }

  /// No pauses from now on: what waits is sent at once.
  synchronized void hurry() {
    hurried = true;
    waiting.values().forEach(queue -> queue.forEach(Upload::hurry));
    notifyAll();
  }

  /// Waits until nothing waits and nothing is in flight.
  ///
  /// @return whether that has come
  synchronized boolean awaitEmpty(long timeoutNanos) throws InterruptedException {
    long end = nanoTime.getAsLong() + timeoutNanos;
    while (!inFlight.isEmpty() || !isEmpty()) {
      long left = end - nanoTime.getAsLong();
      if (left <= 0) {
        return false;
      }
      wait(Math.max(1, left / 1_000_000));
    }
    return true;
  }

  /// Ends the senders; what waits is dropped and counted, and what is in flight counts as dropped
  /// unless its answer still comes.
  synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    inFlight.forEach(this::giveUp);
    for (Deque<Upload> queue : waiting.values()) {
      queue.forEach(this::giveUp);
      queue.clear();
    }
    notifyAll();
  }

  /// Requests of that class that were dropped since the start.
  synchronized long dropped(Priority priority) {
    return dropped.getOrDefault(priority, 0L);
  }

  /// Whether everything new is dropped.
  synchronized boolean isFull() {
    return bytes >= hardBytes;
  }

  synchronized long bytes() {
    return bytes;
  }

  private boolean isEmpty() {
    for (Deque<Upload> queue : waiting.values()) {
      if (!queue.isEmpty()) {
        return false;
      }
    }
    return true;
  }

  private void leave(Upload upload) {
    inFlight.remove(upload);
    bytes -= upload.size();
  }

  private void giveUp(Upload upload) {
    drop(upload);
    upload.takeFollowers().forEach(this::drop);
  }

  private void drop(Upload upload) {
    count(upload, 1);
  }

  private void count(Upload upload, long requests) {
    dropped.merge(upload.priority(), requests, Long::sum);
  }

  private Deque<Upload> of(Upload upload) {
    Deque<Upload> queue = waiting.get(upload.priority());
    if (queue == null) {
      throw new IllegalStateException("no queue for " + upload.priority());
    }
    return queue;
  }
}
