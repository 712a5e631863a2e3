package micromegas.tracing.jfr;

import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jdk.jfr.EventSettings;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;
import jdk.jfr.consumer.RecordingStream;

/// A recording of the JVM, whose events a thread of its own delivers. Thread-safe.
final class FlightStream implements FlightRecorderListener {
  private static final String DATA_LOSS = "jdk.DataLoss";
  private static final Duration MAX_AGE = Duration.ofSeconds(30);
  private static final Duration STATISTICS = Duration.ofSeconds(1);
  private static final long START_NANOS = 10_000_000_000L;
  private static final long POLL_MILLIS = 10;

  /// A setting of the mark's event by which a recording is known as ours.
  private static final String OWNER = "owner";

  private final RecordingStream stream = new RecordingStream();
  private final String id = UUID.randomUUID().toString();
  private final JfrSettings settings;
  private final Runnable chunkEnd;
  private final Runnable stopped;
  private final Thread thread;
  private final CountDownLatch running = new CountDownLatch(1);
  private volatile boolean ending;

  /// Starts to record, and waits until it does.
  ///
  /// @param chunkEnd commits the last mark of a file; also when the recording is stopped
  /// @param stopped is called when somebody else has stopped the recording, as the exit of the JVM
  ///   does, and may wait for the events that are still delivered
  FlightStream(JfrSettings settings, Deliveries deliveries, Runnable chunkEnd, Runnable stopped) {
    this.settings = settings;
    this.chunkEnd = chunkEnd;
    this.stopped = stopped;
    stream.setReuse(false); // they wait for the end of their delivery
    stream.setMaxAge(MAX_AGE);
    stream.setMaxSize(settings.diskBytes());
    stream.enable(ClockMark.NAME).with(OWNER, id);
    stream.onEvent(ClockMark.NAME, deliveries::mark);
    stream.onEvent(DATA_LOSS, deliveries::lose);
    for (JfrKind kind : settings.kinds()) {
      for (String name : kind.events()) {
        enable(kind, name);
        stream.onEvent(name, event -> deliveries.take(kind, event));
      }
    }
    stream.onFlush(deliveries::deliver);
    stream.onError(deliveries::fail);
    FlightRecorder.addListener(this);
    FlightRecorder.addPeriodicEvent(ClockMark.class, chunkEnd);
    thread = new Thread(stream::start, "micromegas-jfr"); // its own would keep the JVM from exiting
    thread.setDaemon(true);
    thread.start();
    awaitStart();
  }

  private void enable(JfrKind kind, String name) {
    EventSettings event = stream.enable(name);
    switch (kind) {
      case GC -> event.withStackTrace();
      case SAFEPOINT -> event.withThreshold(settings.pauseThreshold());
      case PARK -> event.withoutStackTrace().withThreshold(settings.threshold());
      case MONITOR, PINNED, IO -> event.withStackTrace().withThreshold(settings.threshold());
      case SAMPLES -> event.withPeriod(settings.samplePeriod());
      case CPU_SAMPLES ->
          event.withStackTrace().with("throttle", settings.samplePeriod().toMillis() + "ms");
      case ALLOCATION ->
          event.withStackTrace().with("throttle", settings.allocationsPerSecond() + "/s");
      case ERRORS -> event.withStackTrace().withPeriod(STATISTICS);
      case EXCEPTIONS -> event.withStackTrace().with("throttle", settings.eventsPerSecond() + "/s");
    }
  }

  /// Events are enabled one after the other; when the recording runs, all are.
  private void awaitStart() {
    try {
      for (long end = System.nanoTime() + START_NANOS;
          thread.isAlive() && System.nanoTime() - end < 0; ) {
        if (running.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// On the thread that has started, stopped or closed a recording.
  @Override
  public void recordingStateChanged(Recording recording) {
    if (!id.equals(recording.getSettings().get(ClockMark.NAME + "#" + OWNER))) {
      return;
    }
    if (recording.getState() == RecordingState.RUNNING) {
      running.countDown();
    } else if (recording.getState() == RecordingState.STOPPED && !ending) {
      stopped.run();
    }
  }

  /// Whether nothing is delivered any more.
  boolean hasEnded() {
    return !thread.isAlive();
  }

  /// Ends recording, and waits until everything has been delivered, where the JVM can do that,
  /// which is from JDK 20 on; elsewhere does nothing.
  void finish() {
    ending = true;
    try {
      RecordingStream.class.getMethod("stop").invoke(stream);
    } catch (NoSuchMethodException e) {
      ending = false;
    } catch (IllegalAccessException | InvocationTargetException e) {
      return; // it has stopped already
    }
  }

  void close() {
    ending = true;
    FlightRecorder.removeListener(this);
    FlightRecorder.removePeriodicEvent(chunkEnd);
    stream.close();
  }
}
