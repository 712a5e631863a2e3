package micromegas.tracing.jfr;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import jdk.jfr.FlightRecorder;
import micromegas.tracing.Log;
import org.jspecify.annotations.Nullable;

/// Keeps a recording going from start to close: marks the time, stops while the disk is full, and
/// starts again what somebody has ended. Thread-safe.
final class FlightSession {
  private static final Log LOG = Log.of("micromegas.tracing.jfr");

  /// Between two marks: several in each delivery, which are a second apart.
  private static final long MARK_NANOS = 250_000_000;

  static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final long RESTART_NANOS = 10_000_000_000L;

  private final JfrSettings settings;
  private final DiskGuard disk;
  private final Duration patience;
  private final Deliveries deliveries;
  private final long id = new SplittableRandom().nextLong();
  private final AtomicLong lastMark = new AtomicLong();
  private final CountDownLatch exited = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);

  // Guarded by this object.
  private @Nullable FlightStream stream;
  private long lastStart = System.nanoTime() - RESTART_NANOS;

  private volatile long lastOfChunk;
  private volatile boolean closed;

  private FlightSession(JfrSettings settings, LongSupplier freeBytes, Duration patience) {
    this.settings = settings;
    this.patience = patience;
    disk = new DiskGuard(settings.freeDiskBytes(), freeBytes);
    deliveries = new Deliveries(settings, id, this::deliverRest);
  }

  /// Whether the JVM has a flight recorder.
  static boolean isAvailable() {
    return FlightRecorder.isAvailable();
  }

  /// @param freeBytes of the disk with the recorder's files
  /// @param patience with the last events
  /// @throws RuntimeException when the flight recorder cannot be started
  static FlightSession start(JfrSettings settings, LongSupplier freeBytes, Duration patience) {
    FlightSession session = new FlightSession(settings, freeBytes, patience);
    session.deliveries.begin();
    try {
      if (session.disk.isLow()) {
        session.warnOfDisk();
      } else {
        session.open();
      }
    } catch (RuntimeException | LinkageError e) {
      session.deliveries.close();
      throw e;
    }
    session.commitMark();
    daemon(session::supervise, "micromegas-jfr-clock");
    return session;
  }

  private static void daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void warnOfDisk() {
    LOG.warn(
        "the flight recorder is off while less than {} bytes of its disk are free",
        settings.freeDiskBytes());
  }

  private synchronized void open() {
    lastStart = System.nanoTime();
    stream = new FlightStream(settings, deliveries, this::endChunk, this::stoppedByOthers);
  }

  private synchronized void closeStream() {
    if (stream != null) {
      stream.close();
      stream = null;
    }
  }

  /// The thread that delivers cannot mark the time, as its own events are not recorded.
  private void supervise() {
    while (!closed) {
      try {
        look();
      } catch (RuntimeException e) {
        LOG.warn("the flight recorder does not start", e);
      }
      LockSupport.parkNanos(this, MARK_NANOS);
    }
  }

  private synchronized void look() {
    if (closed) {
      return;
    }
    if (stream != null && disk.isLow()) {
      warnOfDisk();
      closeStream();
    } else if (stream == null && disk.isEnough() && mayStart()) {
      open();
      LOG.info("the flight recorder is on again");
    } else if (stream != null && stream.hasEnded() && mayStart()) {
      closeStream();
      open();
      LOG.warn("the flight recorder was stopped, and is on again");
    }
    commitMark();
  }

  private boolean mayStart() {
    return System.nanoTime() - lastStart >= RESTART_NANOS && !isExiting();
  }

  /// Takes no lock: the recorder, which has its own, is about to end a file.
  private void endChunk() {
    lastOfChunk = commitMark();
  }

  private long commitMark() {
    long number = lastMark.incrementAndGet();
    ClockMark.commit(id, number);
    return number;
  }

  synchronized boolean isRecording() {
    return stream != null && !stream.hasEnded();
  }

  boolean flush(Duration timeout) throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    return !isRecording() || deliveries.await(commitMark(), end);
  }

  // ---- the end

  /// The recording has been stopped: the JVM exits, as a rule, and deletes the recorder's files
  /// when this returns.
  private void stoppedByOthers() {
    try {
      deliveries.await(lastOfChunk, System.nanoTime() + patience.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      exited.countDown();
    }
  }

  /// Telemetry is about to end: waits for what has happened.
  private void deliverRest() {
    try {
      if (closed) {
        ended.await(patience.toNanos(), TimeUnit.NANOSECONDS);
      } else if (isExiting()) {
        awaitExit();
      } else {
        flush(patience);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// The recorder's own hook stops the recording, at the same time as other hooks run.
  private void awaitExit() throws InterruptedException {
    if (isRecording() && !exited.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
      LOG.warn("the last events of the flight recorder were not delivered in time");
    }
  }

  void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    try {
      if (isExiting()) {
        awaitExit();
      } else {
        finish();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeStream();
    deliveries.close();
    ended.countDown();
  }

  private void finish() throws InterruptedException {
    FlightStream last;
    synchronized (this) {
      last = stream;
    }
    if (last == null || last.hasEnded()) {
      return;
    }
    long mark = commitMark();
    daemon(last::finish, "micromegas-jfr-end"); // has no limit of time
    deliveries.await(mark, System.nanoTime() + patience.toNanos());
  }

  /// Whether hooks of the JVM's end run.
  private static boolean isExiting() {
    try {
      Runtime.getRuntime().removeShutdownHook(new Thread(() -> {}));
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }
}
