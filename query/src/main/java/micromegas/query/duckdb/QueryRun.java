package micromegas.query.duckdb;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import micromegas.common.MicromegasException;
import micromegas.common.ResourceExhaustedException;
import micromegas.common.UnavailableException;
import org.jspecify.annotations.Nullable;

/// The life of one statement on one connection: whether a call is in the engine, and why it has to
/// stop. Any thread may ask to stop; the [Watchdog] repeats the request until the call has ended,
/// because the engine forgets a request that comes before the statement has started.
final class QueryRun {
  private final NativeConnection connection;
  private final long startNanos;
  private final long deadlineNanos;
  private final long memoryBytes;
  private final Duration timeout;
  private final AtomicReference<@Nullable MicromegasException> stopReason = new AtomicReference<>();
  private final Set<Thread> upcalls = new HashSet<>();
  private volatile boolean inCall;
  private volatile long peakEngineBytes;
  private volatile long peakSpilledBytes;
  private boolean closed;

  /// A run whose memory nobody looks at.
  QueryRun(NativeConnection connection, Duration timeout) {
    this(connection, timeout, Long.MAX_VALUE);
  }

  QueryRun(NativeConnection connection, Duration timeout, long memoryBytes) {
    this.connection = connection;
    this.timeout = timeout;
    this.memoryBytes = memoryBytes;
    long now = System.nanoTime();
    this.startNanos = now;
    long length =
        timeout.compareTo(Duration.ofDays(365)) > 0 ? Long.MAX_VALUE / 4 : timeout.toNanos();
    this.deadlineNanos = now + length;
  }

  long startNanos() {
    return startNanos;
  }

  long memoryBytes() {
    return memoryBytes;
  }

  boolean isInCall() {
    return inCall;
  }

  /// What the instance uses while this run is open; called by one thread.
  void observe(long usedBytes, long spilledBytes) {
    peakEngineBytes = Math.max(peakEngineBytes, usedBytes);
    peakSpilledBytes = Math.max(peakSpilledBytes, spilledBytes);
  }

  long peakEngineBytes() {
    return peakEngineBytes;
  }

  long peakSpilledBytes() {
    return peakSpilledBytes;
  }

  /// @param used bytes that the instance uses
  void stopForMemory(long used) {
    stop(
        new ResourceExhaustedException(
            "the query took more memory than its limit (query-memory-mb) of "
                + (memoryBytes >> 20)
                + " MiB: the engine uses "
                + (used >> 20)
                + " MiB"));
  }

  void enterCall() {
    inCall = true;
  }

  void leaveCall() {
    inCall = false;
  }

  /// Why the statement was stopped, if it was.
  Optional<MicromegasException> stopReason() {
    return Optional.ofNullable(stopReason.get());
  }

  void cancel() {
    stop(new UnavailableException("the query was cancelled"));
  }

  synchronized void stop(MicromegasException reason) {
    stopReason.compareAndSet(null, reason);
    if (inCall && !closed) {
      connection.interrupt();
    }
    upcalls.forEach(Thread::interrupt);
  }

  /// Called by a thread of the engine before it runs Java code for this query, which is interrupted
  /// when the query ends early.
  ///
  /// @throws MicromegasException when the query has ended already
  synchronized void enterUpcall() {
    if (stopReason.get() != null) {
      throw stopReason.get();
    }
    if (closed) {
      throw new UnavailableException("the query has ended");
    }
    upcalls.add(Thread.currentThread());
  }

  /// Called in any case after [#enterUpcall] came back.
  synchronized void leaveUpcall() {
    upcalls.remove(Thread.currentThread());
    // An interrupt that came too late must not end what this thread does next.
    boolean unused = Thread.interrupted();
  }

  /// The connection may serve another query from now on: nothing interrupts it any more.
  ///
  /// @param interrupt whether to stop the statement, once
  synchronized void close(boolean interrupt) {
    if (interrupt && !closed) {
      connection.interrupt();
    }
    closed = true;
    upcalls.forEach(Thread::interrupt);
  }

  /// Called every few milliseconds by the watchdog.
  synchronized void tick(long nowNanos) {
    if (stopReason.get() == null && nowNanos - deadlineNanos > 0) {
      stop(
          new ResourceExhaustedException(
              "the query ran longer than its time limit (timeout) of "
                  + timeout.toMillis()
                  + " ms"));
    } else if (inCall && !closed && stopReason.get() != null) {
      connection.interrupt();
    }
    if (closed || stopReason.get() != null) {
      upcalls.forEach(Thread::interrupt);
    }
  }
}
