package micromegas.tracing.jfr;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.EventSettings;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingStream;
import micromegas.tracing.Telemetry;
import micromegas.tracing.Ticks;
import org.jspecify.annotations.Nullable;

/// Records events of the JVM's flight recorder beside the application's spans: pauses, waits,
/// samples, on the same clock and in streams of the same process.
///
/// ```java
/// try (Telemetry telemetry = Telemetry.startFromEnvironment();
///     JfrRecorder recorder = JfrRecorder.start(JfrSettings.DEFAULTS)) {
///   ...
/// }
/// ```
///
/// The flight recorder delivers once a second, so events come that much later; their times are
/// those at which they happened. Belongs to the telemetry that runs when it starts. Thread-safe.
public final class JfrRecorder implements AutoCloseable {
  private static final String DATA_LOSS = "jdk.DataLoss";
  private static final Duration START_PATIENCE = Duration.ofSeconds(10);
  private static final long POLL_NANOS = 1_000_000;
  private static final long MARK_NANOS = 1_000_000_000;
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(3);

  /// The part of a delivery's time that may still be missing in it: events are delivered by their
  /// end, and small clock corrections come on top.
  private static final Duration LATE = Duration.ofMillis(50);

  private final RecordingStream stream = new RecordingStream();
  private final Budget budget;
  private final JfrSettings settings;
  private final AtomicBoolean closed = new AtomicBoolean();

  /// Held while a delivery is written.
  private final Object delivery = new Object();

  // Of the recorder's thread, and guarded by `delivery` where it ends.
  private final List<Delivered> delivered = new ArrayList<>();
  private @Nullable ClockOffset clock;
  private @Nullable Telemetry session;
  private @Nullable Readers readers;
  private long lastMark;

  // Guarded by this object.
  private long nextMark = 1;
  private long seenMark;

  private record Delivered(JfrKind kind, RecordedEvent event) {}

  private JfrRecorder(JfrSettings settings) {
    this.settings = settings;
    budget = new Budget(settings.eventsPerSecond());
    stream.setReuse(false); // they wait for the end of their delivery
    stream.setMaxAge(Duration.ofSeconds(30));
    stream.setMaxSize(settings.diskBytes());
    stream.enable(ClockMark.NAME);
    stream.onEvent(ClockMark.NAME, this::mark);
    stream.onEvent(DATA_LOSS, event -> budget.loseBytes(event.getLong("amount")));
    for (JfrKind kind : settings.kinds()) {
      for (String name : kind.events()) {
        enable(kind, name);
        stream.onEvent(name, event -> take(kind, event));
      }
    }
    stream.onFlush(this::deliver);
    stream.onError(failure -> budget.loseBytes(1));
  }

  private void enable(JfrKind kind, String name) {
    EventSettings event = stream.enable(name);
    switch (kind) {
      case GC -> {}
      case SAFEPOINT -> event.withThreshold(settings.pauseThreshold());
      case PARK -> event.withoutStackTrace().withThreshold(settings.threshold());
      case MONITOR, PINNED, IO -> event.withStackTrace().withThreshold(settings.threshold());
      case SAMPLES -> event.withPeriod(settings.samplePeriod());
      case ALLOCATION ->
          event.withStackTrace().with("throttle", settings.allocationsPerSecond() + "/s");
      case ERRORS -> event.withStackTrace();
      case EXCEPTIONS -> event.withStackTrace().with("throttle", settings.eventsPerSecond() + "/s");
    }
  }

  /// Starts to record.
  ///
  /// @throws IllegalStateException when no telemetry runs, or the JVM has no flight recorder
  public static JfrRecorder start(JfrSettings settings) {
    if (Telemetry.running().isEmpty()) {
      throw new IllegalStateException("no telemetry runs; start it first");
    }
    if (!FlightRecorder.isAvailable()) {
      throw new IllegalStateException("this JVM has no flight recorder");
    }
    JfrRecorder recorder = new JfrRecorder(settings);
    // The stream's own thread would keep the JVM from exiting.
    daemon(recorder.stream::start, "micromegas-jfr");
    recorder.awaitStart();
    daemon(recorder::commitMarks, "micromegas-jfr-clock");
    recorder.commitMark();
    return recorder;
  }

  private static void daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  /// Waits until events are recorded.
  private void awaitStart() {
    EventType mark = EventType.getEventType(ClockMark.class);
    long end = System.nanoTime() + START_PATIENCE.toNanos();
    while (!mark.isEnabled() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(this, POLL_NANOS);
    }
  }

  /// Marks the time once a second; the thread that delivers cannot, as its own events are not
  /// recorded.
  private void commitMarks() {
    while (!closed.get()) {
      commitMark();
      LockSupport.parkNanos(this, MARK_NANOS);
    }
  }

  private synchronized long commitMark() {
    long number = nextMark++;
    ClockMark.commit(number);
    return number;
  }

  // ---- the recorder's thread

  private void mark(RecordedEvent event) {
    clock = ClockOffset.of(event.getStartTime(), event.getLong("ticks"));
    lastMark = Math.max(lastMark, event.getLong("number"));
  }

  private void take(JfrKind kind, RecordedEvent event) {
    if (budget.take(kind)) {
      delivered.add(new Delivered(kind, event));
    }
  }

  private void deliver() {
    synchronized (delivery) {
      deliverAll();
    }
  }

  private void deliverAll() {
    ClockOffset now = clock;
    if (now == null) {
      return; // the first mark has not come yet; the budget bounds what waits
    }
    Readers current = readersOfNow();
    if (current != null) {
      delivered.forEach(each -> current.read(each.kind(), each.event(), now));
      current.next(Ticks.now() - Math.round(LATE.toNanos() * (Ticks.frequency() / 1e9)));
    }
    delivered.clear();
    budget.next();
    synchronized (this) {
      seenMark = lastMark;
      notifyAll();
    }
  }

  /// Those of the telemetry that runs, which may be another one than before; null for none.
  private @Nullable Readers readersOfNow() {
    Telemetry running = Telemetry.running().orElse(null);
    if (running != session) {
      closeReaders();
      session = running;
      readers = running == null ? null : new Readers(settings, budget);
    }
    return readers;
  }

  private void closeReaders() {
    Readers old = readers;
    if (old != null) {
      old.close();
      readers = null;
    }
  }

  // ---- any thread

  /// Waits until everything that happened before has been recorded; about a second.
  ///
  /// @return whether it was in time
  public boolean flush(Duration timeout) throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    long wanted = commitMark();
    synchronized (this) {
      for (long left = end - System.nanoTime();
          seenMark < wanted && left > 0;
          left = end - System.nanoTime()) {
        wait(Math.max(1, left / 1_000_000));
      }
      return seenMark >= wanted;
    }
  }

  /// Records what happened before, for which it waits three seconds at most, and ends.
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      flush(CLOSE_PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    stream.close();
    stopReading();
  }

  /// Waits for the recorder's thread, which closes what it was writing.
  private void stopReading() {
    synchronized (delivery) {
      closeReaders();
      session = null;
    }
  }
}
