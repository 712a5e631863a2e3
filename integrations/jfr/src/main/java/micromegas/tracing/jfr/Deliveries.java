package micromegas.tracing.jfr;

import java.util.ArrayList;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import micromegas.tracing.Log;
import micromegas.tracing.Telemetry;
import micromegas.tracing.Ticks;
import org.jspecify.annotations.Nullable;

/// Takes the events of the flight recorder, and records them at the end of each delivery, in the
/// telemetry that runs then. A delivery is of one file of the recorder, so one mark says how its
/// clock relates to ticks. Fed by one thread at a time; waiting and closing are for any thread.
final class Deliveries {
  private static final Log LOG = Log.of("micromegas.tracing.jfr");
  private static final long NANOS_PER_MILLI = 1_000_000;

  /// Between two lines about failures of the recorder.
  private static final long FAILURE_NANOS = 60_000_000_000L;

  /// The part of a delivery's time that may still be missing in it: events are delivered by their
  /// end, and small clock corrections come on top.
  private static final long LATE_NANOS = 50 * NANOS_PER_MILLI;

  private final JfrSettings settings;
  private final Budget budget;
  private final Runnable beforeClose;
  private final long owner;

  /// Held while a delivery is written.
  private final Object writing = new Object();

  // Of the recorder's thread.
  private final List<Delivered> delivered = new ArrayList<>();
  private @Nullable ClockOffset clock;
  private long lastMark;
  private long lastFailure = System.nanoTime() - FAILURE_NANOS;

  // Guarded by `writing`.
  private @Nullable Telemetry session;
  private Telemetry.@Nullable Attachment attachment;
  private @Nullable Readers readers;
  private boolean closed;

  // Guarded by this object.
  private long seenMark;

  private record Delivered(JfrKind kind, RecordedEvent event) {}

  /// @param owner of the marks that are waited for
  /// @param beforeClose what is to happen when telemetry is closed
  Deliveries(JfrSettings settings, long owner, Runnable beforeClose) {
    this.settings = settings;
    this.owner = owner;
    this.beforeClose = beforeClose;
    budget = new Budget(settings.eventsPerSecond());
  }

  // ---- the recorder's thread

  /// An instant on both clocks.
  void mark(RecordedEvent event) {
    clock = ClockOffset.of(event.getStartTime(), event.getLong("ticks"));
    if (event.getLong("owner") == owner) {
      lastMark = Math.max(lastMark, event.getLong("number"));
    }
  }

  /// An event. It may be one that another recording of the process wants, and shorter than what is
  /// wanted here.
  void take(JfrKind kind, RecordedEvent event) {
    if (event.getDuration().compareTo(settings.threshold(kind)) >= 0
        && (JfrKind.isSummary(event.getEventType().getName()) || budget.take(kind))) {
      delivered.add(new Delivered(kind, event));
    }
  }

  /// The recorder has lost data of its own.
  void lose(RecordedEvent event) {
    budget.loseBytes(event.getLong("amount"));
  }

  /// The recorder says that something went wrong. It goes on.
  void fail(Throwable failure) {
    long now = System.nanoTime();
    if (now - lastFailure >= FAILURE_NANOS) {
      lastFailure = now;
      LOG.warn("an event of the flight recorder was not recorded", failure);
    }
  }

  /// A delivery is complete.
  void deliver() {
    ClockOffset now = clock;
    if (now == null) {
      return; // the first mark has not come yet; the budget bounds what waits
    }
    try {
      synchronized (writing) {
        write(now);
      }
    } finally {
      delivered.clear();
      budget.next();
      synchronized (this) {
        seenMark = lastMark;
        notifyAll();
      }
    }
  }

  private void write(ClockOffset now) {
    Readers current = readersOfNow();
    if (current != null) {
      delivered.forEach(each -> current.read(each.kind(), each.event(), now));
      current.next(Ticks.now() - Math.round(LATE_NANOS * (Ticks.frequency() / 1e9)));
    }
  }

  /// Those of the telemetry that runs, which may be another one than before; null for none.
  private @Nullable Readers readersOfNow() {
    Telemetry running = closed ? null : Telemetry.running().orElse(null);
    if (running != session) {
      leave();
      session = running;
      if (running != null) {
        readers = new Readers(settings, budget);
        attachment = running.beforeClose(beforeClose);
      }
    }
    return readers;
  }

  private void leave() {
    if (readers != null) {
      readers.close();
      readers = null;
    }
    if (attachment != null) {
      attachment.close();
      attachment = null;
    }
    session = null;
  }

  // ---- any thread

  /// Belongs to the telemetry that runs, before the first delivery.
  void begin() {
    synchronized (writing) {
      readersOfNow();
    }
  }

  /// Waits until the delivery with a mark has been recorded.
  ///
  /// @return whether it was in time
  synchronized boolean await(long mark, long endNanos) throws InterruptedException {
    for (long left = endNanos - System.nanoTime();
        seenMark < mark && left > 0;
        left = endNanos - System.nanoTime()) {
      wait(Math.max(1, left / NANOS_PER_MILLI));
    }
    return seenMark >= mark;
  }

  /// Waits for a delivery that is being written, and ends all streams.
  void close() {
    synchronized (writing) {
      closed = true;
      leave();
    }
  }
}
