package micromegas.tracing;

import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import micromegas.tracing.clock.ProcessClock;
import micromegas.tracing.clock.TickClock;
import micromegas.tracing.record.Engine;
import micromegas.tracing.record.Loss;
import micromegas.tracing.record.Recording;
import micromegas.tracing.record.Reference;
import micromegas.tracing.site.Site;
import micromegas.tracing.site.SiteTable;
import micromegas.tracing.spi.EventSink;
import micromegas.tracing.uplink.Uplink;
import org.jspecify.annotations.Nullable;

/// What the library says about itself in its own metrics: what was lost since the last report, and
/// how far the wall clock has moved against the ticks. Called after each cut, one call at a time.
///
/// A count that finds no memory, or sinks that would lose it, stays what it was and is told with a
/// later report: losses are told late, but never forgotten.
final class SelfReport implements Runnable {
  private static final long CLOCK_CHECK_NANOS = 60_000_000_000L;
  private static final String TARGET = "micromegas.tracing";

  private final Engine engine;
  private final Uplink uplink;
  private final List<EventSink> sinks;
  private final ProcessClock clock;
  private final Clock wall;
  private final Map<String, Long> told = new HashMap<>();
  private final long dropped = metric("mm_dropped_events", "count");
  private final long sampledOut = metric("mm_sampled_out_events", "count");
  private final long clockError = metric("clock_counter_error_ns", "nanoseconds");
  private final long offset = metric("clock_offset_ns", "nanoseconds");
  private final long refusedBefore = SiteTable.process().refused();
  private volatile boolean quiet;
  private volatile boolean ending;
  private boolean clockChecked;
  private long clockCheckedNanos;

  SelfReport(Engine engine, Uplink uplink, List<EventSink> sinks, ProcessClock clock, Clock wall) {
    this.engine = engine;
    this.uplink = uplink;
    this.sinks = sinks;
    this.clock = clock;
    this.wall = wall;
  }

  @Override
  public void run() {
    quiet = true;
    if (ending || sinks.stream().noneMatch(EventSink::isFailing)) {
      tellLosses();
    }
    if (Recording.recordsMetrics()) {
      engine.report(offset, null, clock.offsetNanos(wall));
      checkClock(System.nanoTime());
    }
  }

  /// There is no later from now on.
  void end() {
    ending = true;
  }

  private void tellLosses() {
    for (Loss loss : Loss.values()) {
      dropped(loss.kind(), engine.losses().count(loss));
    }
    dropped("sites", SiteTable.process().refused() - refusedBefore);
    dropped("blocks", uplink.failures());
    tell("sampled out", sampledOut, null, uplink.sampledOut());
    for (EventSink sink : sinks) {
      sink.counters().forEach((name, now) -> tell(name, metric(name, "count"), null, now));
    }
  }

  /// Compares the counter of the processor, if that is the clock, with that of the system.
  private void checkClock(long now) {
    if (!clockChecked || now - clockCheckedNanos > CLOCK_CHECK_NANOS) {
      clockChecked = true;
      clockCheckedNanos = now;
      OptionalLong error = TickClock.errorNanos();
      if (error.isPresent()) {
        engine.report(clockError, null, error.getAsLong());
      }
    }
  }

  /// Whether the last report had no loss to tell, so that no other cut is needed for it.
  boolean isQuiet() {
    return quiet;
  }

  private void dropped(String kind, long now) {
    if (now > 0) {
      tell("dropped " + kind, dropped, PropertySet.of("kind", kind).reference(), now);
    }
  }

  /// Tells by how much a count has grown since it was told last.
  private void tell(String name, long metric, @Nullable Reference properties, long now) {
    long before = told.getOrDefault(name, 0L);
    if (now > before) {
      quiet = false;
      if (engine.report(metric, properties, now - before)) {
        told.put(name, now);
      }
    }
  }

  private static long metric(String name, String unit) {
    return SiteTable.process()
        .id(new Site.Metric(name, unit, TARGET, "", 0, Verbosity.MIN.wireValue()));
  }
}
